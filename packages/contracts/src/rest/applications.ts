import { z } from "zod";
import { applicationStates, deploymentStates, replicaStages, revisionStages, trafficSources } from "@sluice/domain";
import { ApplicationSpec } from "../spec/application-spec.ts";
import { BundleDescription } from "../spec/bundle-description.ts";
import { ResolvedDeployment } from "../spec/resolved-deployment.ts";
import { RevisionMessage } from "../spec/application-spec.ts";
import { Timestamp } from "./lists.ts";
import { RolloutView } from "./rollouts.ts";

/** Why one node does not take a replica, and what would help. */
export const NodeRefusalView = z.object({
  node_id: z.string(),
  node_name: z.string(),
  reason: z.string(),
  advice: z.string().nullable(),
  /** A smaller value of an option with which it would fit. */
  suggestion: z.object({ option: z.enum(["num_cpus", "num_gpus", "memory"]), value: z.number() }).nullable(),
});
export type NodeRefusalView = z.infer<typeof NodeRefusalView>;

export const ReplicaView = z.object({
  id: z.string(),
  application: z.string(),
  deployment: z.string(),
  /** Revisions that this replica serves (they share its pool). */
  revisions: z.array(z.int()),
  pool_id: z.string(),
  node_id: z.string().nullable(),
  node_name: z.string().nullable(),
  stage: z.enum(replicaStages),
  /** Time of entering each stage reached so far. */
  stage_times: z.partialRecord(z.enum(replicaStages), Timestamp),
  /** Why it is in this stage; for `pending`: why each node refused it; for `failed`: how it ended. */
  message: z.string(),
  pid: z.int().nullable(),
  ongoing: z.number().nullable(),
  rss_bytes: z.number().nullable(),
  gpu_uuids: z.array(z.string()),
  /** Its processes by rank: one for a plain replica. Empty while it waits for room. */
  members: z.array(
    z.object({
      rank: z.int(),
      node_id: z.string(),
      node_name: z.string(),
      gpu_uuids: z.array(z.string()),
    }),
  ),
  /** While it waits for room: why each node refuses it. Empty otherwise. */
  refusals: z.array(NodeRefusalView),
  /** Takes on the settings of another revision in place; until it has, it gets no requests. */
  reconfiguring: z.boolean(),
  /** Serves nothing any more and is kept until then, for a rollback. */
  warm_until: Timestamp.nullable(),
  created_at: Timestamp,
});
export type ReplicaView = z.infer<typeof ReplicaView>;

export const DeploymentView = z.object({
  application: z.string(),
  name: z.string(),
  status: z.enum(deploymentStates),
  message: z.string(),
  ingress: z.boolean(),
  outbound: z.array(z.string()),
  /** Resolved options in the target revision. */
  options: ResolvedDeployment,
  target_num_replicas: z.int(),
  /** Set by a scale call and in force until it is taken back or a deploy changes `num_replicas`; null = the spec's number. */
  manual_num_replicas: z.int().nullable(),
  ready_replicas: z.int(),
  starting_replicas: z.int(),
});
export type DeploymentView = z.infer<typeof DeploymentView>;

export const VariantView = z.object({ variant: z.string(), revision: z.int(), weight: z.number() });

export const TrafficView = z.object({
  application: z.string(),
  /** What a person asked for; null = follow the target revision. */
  wanted: z.array(VariantView).nullable(),
  /** Weights in force, decided by the controller. */
  effective: z.array(VariantView),
  source: z.enum(trafficSources),
  reason: z.string(),
  changed_at: Timestamp.nullable(),
  /** Gateways that confirmed the weights in force, and how many there are. */
  gateways_applied: z.int(),
  gateways_total: z.int(),
  /** When the last gateway confirmed; null while some have not. */
  in_force_at: Timestamp.nullable(),
});
export type TrafficView = z.infer<typeof TrafficView>;

/** Body of `PUT /applications/{name}/traffic`. Weights sum to 100, in steps of 0.1. */
export const TrafficPut = z.strictObject({
  variants: z
    .array(
      z.strictObject({
        revision: z.int("A revision number.").positive("A revision number, from 1."),
        weight: z.number("A number from 0 to 100.").min(0, "0 to 100.").max(100, "0 to 100."),
      }),
    )
    .min(1, "At least one variant.")
    .max(20, "At most 20 variants."),
});
export type TrafficPut = z.infer<typeof TrafficPut>;

export const RevisionView = z.object({
  number: z.int(),
  created_at: Timestamp,
  created_by: z.string(),
  message: z.string(),
  stage: z.enum(revisionStages),
  /** Why describing failed, else empty. */
  stage_message: z.string(),
  spec: ApplicationSpec,
  description: BundleDescription.nullable(),
  resolved: z.array(ResolvedDeployment).nullable(),
  /** Weight in force, 0 when it gets no traffic. */
  weight: z.number(),
  is_target: z.boolean(),
  /** Its replicas are ready although it gets no traffic: a rollback to it takes seconds. Null = they are not kept. */
  warm_until: Timestamp.nullable(),
});
export type RevisionView = z.infer<typeof RevisionView>;

export const ApplicationSummary = z.object({
  id: z.string(),
  name: z.string(),
  route_prefix: z.string().nullable(),
  status: z.enum(applicationStates),
  message: z.string(),
  target_revision: z.int(),
  generation: z.int(),
  observed_generation: z.int(),
  created_at: Timestamp,
  updated_at: Timestamp,
  ready_replicas: z.int(),
  wanted_replicas: z.int(),
  deployments: z.int(),
});
export type ApplicationSummary = z.infer<typeof ApplicationSummary>;

export const ApplicationView = ApplicationSummary.extend({
  spec: ApplicationSpec,
  deployments_detail: z.array(DeploymentView),
  traffic: TrafficView,
  /** The newest move from one revision to another, over or under way; null before the first. */
  rollout: RolloutView.nullable(),
});
export type ApplicationView = z.infer<typeof ApplicationView>;

/** `PUT /applications/{name}`: the spec, with an optional message kept on the revision. */
export const ApplicationPutQuery = z.object({
  dry_run: z.stringbool().default(false),
  message: RevisionMessage.optional(),
});

/** `no_room` = some replicas would wait; `ends_split` = the traffic split ends with this revision. */
export const PlanWarningCode = z.enum(["no_route", "ends_split", "no_node", "no_room", "base_not_described"]);
export type PlanWarningCode = z.infer<typeof PlanWarningCode>;

/** What a PUT will do (dry run) or has begun to do. */
export const PlanView = z.object({
  outcome: z.enum(["create", "update", "unchanged"]),
  revision: z.int(),
  /** `describing` = a node still inspects the code; replicas below are then not known yet. */
  stage: z.enum(revisionStages),
  stage_message: z.string(),
  changes: z.array(z.object({ pointer: z.string(), before: z.json(), after: z.json() })),
  deployments: z.array(
    z.object({
      name: z.string(),
      /** restart = new processes, reconfigure = in place, keep = nothing happens, create / remove. */
      action: z.enum(["create", "restart", "reconfigure", "keep", "remove"]),
      reason: z.string(),
      /**
       * How an update comes in: `surge` = all new replicas beside the old; `step` = there is no room, so `step_size` old ones go at
       * a time; `interrupt` = the only old replica goes first and requests wait; `move` = running replicas take on the new settings;
       * `wait` = nothing happens until there is room. Null when nothing is replaced.
       */
      way: z.enum(["surge", "step", "interrupt", "move", "wait"]).nullable(),
      step_size: z.int().nullable(),
      /** Bounds of an autoscaled deployment; null = fixed. */
      autoscaling: z.object({ min_replicas: z.int(), max_replicas: z.int() }).nullable(),
      /** The number that will be in force: the one set by hand where the change leaves it, else the spec's. */
      num_replicas: z.int(),
      /** Set by hand and in force after the change, too; null = the spec's number. */
      manual_num_replicas: z.int().nullable().default(null),
      num_cpus: z.number(),
      num_gpus: z.number(),
    }),
  ),
  /** One line per node: what it takes, or why it refuses. */
  nodes: z.array(
    z.object({
      node_id: z.string(),
      name: z.string(),
      takes: z.int(),
      reason: z.string(),
      cpus_total: z.number(),
      cpus_used: z.number(),
      cpus_added: z.number(),
      gpus: z.array(
        z.object({
          uuid: z.string(),
          model: z.string(),
          memory_bytes: z.number().nullable(),
          memory_used_bytes: z.number().nullable(),
          /** Share given away, 0 to 1, before and after this plan. */
          used: z.number(),
          added: z.number(),
        }),
      ),
    }),
  ),
  unplaced: z.array(
    z.object({
      deployment: z.string(),
      reason: z.string(),
      per_node: z.array(NodeRefusalView).default([]),
      suggestion: NodeRefusalView.shape.suggestion.default(null),
    }),
  ),
  /** GPU memory that deployments need, beside what the GPUs at hand offer. */
  gpu_memory: z
    .array(
      z.object({
        deployment: z.string(),
        need_bytes: z.number(),
        /** `given` = vram_bytes; `estimated` = from the size of the model file. */
        source: z.enum(["given", "estimated"]),
        text: z.string(),
        gpus: z.array(
          z.object({
            model: z.string(),
            count: z.int(),
            memory_bytes: z.number().nullable(),
            most_free_bytes: z.number().nullable(),
            verdict: z.enum(["fits", "later", "never", "unknown"]),
            text: z.string(),
          }),
        ),
      }),
    )
    .default([]),
  /** Weights of the traffic split that this revision ends; empty when none was set. */
  ends_split: z.array(VariantView).default([]),
  warnings: z.array(z.string()),
  /** Those of `warnings` that a program may tell apart, each with the same text. */
  coded_warnings: z.array(z.object({ code: PlanWarningCode, text: z.string() })).default([]),
});
export type PlanView = z.infer<typeof PlanView>;

export const ApplicationPutAnswer = z.object({ application: ApplicationSummary.nullable(), plan: PlanView });
export type ApplicationPutAnswer = z.infer<typeof ApplicationPutAnswer>;

export const RollbackBody = z.strictObject({
  revision: z.int("A revision number.").positive("A revision number, from 1."),
  message: RevisionMessage.optional(),
});
