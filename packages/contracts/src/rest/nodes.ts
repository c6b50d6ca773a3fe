/** Nodes as people see and change them, and the tokens with which machines join. */
import { z } from "zod";
import { nodeStates } from "@sluice/domain";
import { Gpu } from "../links/agent-link.ts";
import { Timestamp } from "./lists.ts";

/** A GPU with what replicas hold of it. */
export const NodeGpuView = Gpu.extend({
  /** 0..1 of it is given to replicas. */
  used_share: z.number(),
  held_by: z.array(
    z.object({
      replica_id: z.string(),
      application: z.string(),
      deployment: z.string(),
      /** 1 = the whole GPU. */
      share: z.number(),
    }),
  ),
});
export type NodeGpuView = z.infer<typeof NodeGpuView>;

export const NodeView = z.object({
  id: z.string(),
  name: z.string(),
  hostname: z.string(),
  state: z.enum(nodeStates),
  /** When it came into this state. */
  state_since: Timestamp,
  reason: z.string(),
  /** What people asked for; the state follows as soon as the controller has seen it and the node can be reached. */
  scheduling: z.enum(["open", "cordoned", "draining"]),
  /** While it drains: how many replicas are left, and since when. */
  drain: z.object({ replicas_left: z.int(), since: Timestamp }).nullable(),
  /** When a person removed it; its agent is refused. */
  removed_at: Timestamp.nullable(),
  platform: z.string(),
  agent_version: z.string(),
  data_address: z.string(),
  cpus: z.number(),
  cpus_reserved: z.number(),
  cpu_percent: z.number().nullable(),
  memory_bytes: z.number(),
  memory_reserved_bytes: z.number(),
  memory_used_bytes: z.number().nullable(),
  gpus: z.array(NodeGpuView),
  gpus_reserved: z.number(),
  /** Custom resources. */
  resources: z.record(z.string(), z.object({ total: z.number(), reserved: z.number() })),
  /** In force: those of the agent with the overrides laid over them. */
  labels: z.record(z.string(), z.string()),
  /** As the agent itself reports them, without the overrides. */
  reported_labels: z.record(z.string(), z.string()),
  /** Set by people; null takes away a label that the agent reports. */
  label_overrides: z.record(z.string(), z.string().nullable()),
  replicas: z.int(),
  last_heartbeat_at: Timestamp.nullable(),
});
export type NodeView = z.infer<typeof NodeView>;

const LabelName = z
  .string()
  .min(1, "A label needs a name, for example `zone`.")
  .max(100, "At most 100 characters.")
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?$/,
    "Letters, digits, `-`, `_`, `.` and `/`; it starts and ends with a letter or digit.",
  );
const LabelValue = z
  .string("Text, or null to take the label away.")
  .max(63, "At most 63 characters.")
  .regex(
    /^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/,
    "Letters, digits, `-`, `_` and `.`; it starts and ends with a letter or digit.",
  );

/** Body of `PATCH /nodes/{id}`: labels not named stay as they are. */
export const NodePatch = z.strictObject({
  labels: z
    .record(LabelName, LabelValue.nullable())
    .refine((labels) => Object.keys(labels).length > 0, "At least one label.")
    .refine((labels) => Object.keys(labels).length <= 100, "At most 100 labels."),
});
export type NodePatch = z.infer<typeof NodePatch>;

/** `force` also removes a node that is there and has replicas: they are stopped and replaced elsewhere. */
export const NodeRemoveQuery = z.object({ force: z.stringbool().default(false) });

export const JoinTokenBody = z.strictObject({
  ttl_s: z
    .int("A whole number of seconds.")
    .min(60, "At least 60 seconds.")
    .max(7 * 86_400, "At most a week (604800 seconds).")
    .default(3600),
  /** What it is for, in your words. */
  name: z.string().max(100, "At most 100 characters.").default(""),
});
export type JoinTokenBody = z.infer<typeof JoinTokenBody>;

export const JoinTokenView = z.object({
  id: z.string(),
  name: z.string(),
  state: z.enum(["open", "used", "expired"]),
  created_by: z.string(),
  created_at: Timestamp,
  expires_at: Timestamp,
  used_at: Timestamp.nullable(),
  /** The node that joined with it. */
  node_id: z.string().nullable(),
});
export type JoinTokenView = z.infer<typeof JoinTokenView>;

/** The one answer that holds the token itself. */
export const JoinTokenCreated = JoinTokenView.extend({
  token: z.string(),
  /** Where machines join, as far as the leading controller says; empty while none leads. */
  join_urls: z.array(z.string()),
});
export type JoinTokenCreated = z.infer<typeof JoinTokenCreated>;
