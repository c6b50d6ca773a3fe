/** The move from one revision to another, and scaling by hand. */
import { z } from "zod";
import { rolloutPhases } from "@sluice/domain";
import { Timestamp } from "./lists.ts";

export const RolloutView = z.object({
  /** Null = the first revision of the application. */
  from_revision: z.int().nullable(),
  to_revision: z.int(),
  phase: z.enum(rolloutPhases),
  message: z.string(),
  numbers: z.record(z.string(), z.number()),
  started_at: Timestamp,
  /** When it last came nearer to its end. */
  progress_at: Timestamp,
  /** Without progress until then it is rolled back by itself; null = no deadline runs. */
  deadline_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  /** Since when a person holds it still. */
  paused_at: Timestamp.nullable(),
});
export type RolloutView = z.infer<typeof RolloutView>;

/** With none nothing would start one again: every request would wait for ever. */
const noneByHand =
  "1 to 1000: with 0 replicas every request would wait. To scale to zero while it is idle and back when a request comes, deploy " +
  "it with `autoscaling_config: {min_replicas: 0, max_replicas: ...}`.";

/** Ray's own body; null gives the number back to the spec. */
export const ScaleBody = z.strictObject({
  target_num_replicas: z
    .int("A whole number of replicas, or null for the number of the spec.")
    .min(1, noneByHand)
    .max(1000, "1 to 1000.")
    .nullable(),
});
export type ScaleBody = z.infer<typeof ScaleBody>;

export const ScaleAnswer = z.object({
  application: z.string(),
  deployment: z.string(),
  /** Null = the spec's number is in force. */
  manual_num_replicas: z.int().nullable(),
  /** What the revision says. */
  spec_num_replicas: z.int(),
  generation: z.int(),
});
export type ScaleAnswer = z.infer<typeof ScaleAnswer>;
