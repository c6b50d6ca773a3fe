/** What the autoscaler thinks now, as the leader answers it: `GET /internal/autoscaling?application_id=`. */
import { z } from "zod";

const whole = z.int();
const atMs = z.number();

/** The domain's ScaleDecision without the state that it hands to the next one. */
export const ScaleDecisionView = z.object({
  target: whole,
  before: whole,
  running: whole,
  measured: z.object({ total: z.number(), queued: z.number(), sent: z.number() }).nullable(),
  aggregated: z.number().nullable(),
  window: z.string(),
  targetOngoingRequests: z.number(),
  desiredRaw: z.number().nullable(),
  afterFactor: whole.nullable(),
  bounds: z.object({ min: whole, max: whole, source: z.enum(["config", "schedule"]) }),
  clampedBy: z.enum(["min", "max"]).nullable(),
  delay: z
    .object({
      direction: z.enum(["up", "down", "zero"]),
      sinceMs: atMs,
      delayMs: z.number(),
      remainingMs: z.number(),
    })
    .nullable(),
  path: z.enum(["steady", "waiting", "scaled", "cold_start", "fast_path", "held", "bounds", "settling", "no_data"]),
  reason: z.string(),
  wakeAtMs: atMs.nullable(),
});
export type ScaleDecisionView = z.infer<typeof ScaleDecisionView>;

export const AutoscalingEvaluation = z.object({
  applicationId: z.string(),
  application: z.string(),
  deployment: z.string(),
  /** The newest live revision that uses the pool. */
  revision: whole,
  poolId: z.string(),
  atMs,
  decision: ScaleDecisionView,
});
export type AutoscalingEvaluation = z.infer<typeof AutoscalingEvaluation>;

/** Without an id: of all applications. */
export const AutoscalingQuery = z.object({ application_id: z.string().min(1).optional() });
export type AutoscalingQuery = z.infer<typeof AutoscalingQuery>;

export const AutoscalingAnswer = z.object({ evaluations: z.array(AutoscalingEvaluation) });
export type AutoscalingAnswer = z.infer<typeof AutoscalingAnswer>;
