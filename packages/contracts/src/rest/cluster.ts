import { z } from "zod";
import { BundleDescription } from "../spec/bundle-description.ts";
import { Timestamp } from "./lists.ts";

export const EventView = z.object({
  id: z.string(),
  at: Timestamp,
  severity: z.enum(["info", "warning", "error"]),
  /** Machine word, e.g. `replica_exited`. */
  reason: z.string(),
  message: z.string(),
  /** The numbers behind the decision. */
  numbers: z.record(z.string(), z.json()),
  application: z.string().nullable(),
  deployment: z.string().nullable(),
  revision: z.int().nullable(),
  replica_id: z.string().nullable(),
  node_id: z.string().nullable(),
});
export type EventView = z.infer<typeof EventView>;

export const EventQuery = z.object({
  application: z.string().optional(),
  severity: z.enum(["info", "warning", "error"]).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().optional(),
});

/** What `POST /bundles` answers. `describe` waits up to 30 s for a node to inspect the bundle. */
export const BundleView = z.object({
  sha256: z.string(),
  name: z.string(),
  kind: z.enum(["onnx", "zip"]),
  size_bytes: z.number(),
  files: z.array(z.object({ path: z.string(), size_bytes: z.number() })),
  created_at: Timestamp,
  created_by: z.string(),
  /** Applications whose revisions use it. */
  used_by: z.array(z.string()),
});
export type BundleView = z.infer<typeof BundleView>;

export const BundleUploadAnswer = z.object({
  bundle: BundleView,
  existed: z.boolean(),
  /** null = no node answered within the time; describing goes on. */
  description: BundleDescription.nullable(),
  describe_error: z.string().nullable(),
});
export type BundleUploadAnswer = z.infer<typeof BundleUploadAnswer>;

/** Largest bundle kept in Postgres. */
export const bundleLimitBytes = 256 * 1024 * 1024;

export const GatewayView = z.object({
  id: z.string(),
  name: z.string(),
  address: z.string(),
  connected: z.boolean(),
  last_seen_at: Timestamp,
});
export type GatewayView = z.infer<typeof GatewayView>;

export const HealthView = z.object({
  status: z.enum(["ok", "degraded"]),
  database: z.boolean(),
  controller: z.object({ available: z.boolean(), epoch: z.int().nullable(), address: z.string().nullable() }),
  nodes_ready: z.int(),
  gateways: z.int(),
  /** Where clients call applications, as configured: behind a proxy no gateway knows this address itself. */
  gateway_url: z.string(),
  version: z.string(),
});
export type HealthView = z.infer<typeof HealthView>;
