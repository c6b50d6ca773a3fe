/** Ray Serve's `autoscaling_config` as written (old names included), with the two fields that Sluice adds. */
import { z } from "zod";
import { cronProblem } from "./cron-text.ts";

const positive = (unit: string) => z.number(`A number of ${unit}.`).positive(`More than 0 ${unit}.`);
const factor = z.number("A number.").positive("More than 0.");
const delay = z.number("A number of seconds.").nonnegative("At least 0 seconds.");
const atLeast = (least: number) => z.int("A whole number.").min(least, `At least ${least}.`).max(1000, "At most 1000.");

const Cron = z.string().superRefine((text, context) => {
  const problem = cronProblem(text);
  if (problem !== null) context.addIssue(`${problem} For example \`0 8 * * mon-fri\`.`);
});

const TimeZone = z.string().refine(isTimeZone, "A time zone, for example `Europe/Berlin`.");

/** From each `start` to the next `end` these bounds hold instead of the configured ones. */
export const AutoscalingSchedule = z.strictObject({
  start: Cron,
  end: Cron,
  timezone: TimeZone.optional(),
  min_replicas: atLeast(0).optional(),
  max_replicas: atLeast(1).optional(),
});

/** Ray's own policy, which is what runs here too. */
const defaultPolicies = [
  "ray.serve.autoscaling_policy:default_autoscaling_policy",
  "ray.serve.autoscaling_policy:replica_queue_length_autoscaling_policy",
] as const;
const ownPolicy = "Only Ray's default policy is available; policies of your own are not. Leave `policy` out.";
const Policy = z.strictObject(
  {
    policy_function: z.literal(defaultPolicies, ownPolicy).optional(),
    policy_kwargs: z.strictObject({}, "The default policy takes no arguments. Leave them out.").optional(),
  },
  { error: (issue) => (issue.code === "invalid_type" ? ownPolicy : undefined) },
);

export const AutoscalingConfig = z.strictObject({
  min_replicas: atLeast(0).optional(),
  initial_replicas: atLeast(0).nullable().optional(),
  max_replicas: atLeast(1).optional(),
  target_ongoing_requests: positive("requests").optional(),
  metrics_interval_s: positive("seconds").optional(),
  look_back_period_s: positive("seconds").max(3600, "At most an hour.").optional(),
  upscaling_factor: factor.nullable().optional(),
  downscaling_factor: factor.nullable().optional(),
  upscale_delay_s: delay.optional(),
  downscale_delay_s: delay.optional(),
  downscale_to_zero_delay_s: delay.nullable().optional(),
  aggregation_function: z.enum(["mean", "max", "min"], "`mean`, `max` or `min`.").optional(),
  policy: Policy.optional(),
  /** Ours: bounds for times of the day or week; of several windows that are open the first counts. */
  schedules: z.array(AutoscalingSchedule).max(20, "At most 20.").optional(),
  /** Ours: a queue longer than all replicas together can take does not wait for `upscale_delay_s`. */
  queue_fast_path: z.boolean("true or false.").optional(),
  // Names of older releases.
  smoothing_factor: factor.optional(),
  upscale_smoothing_factor: factor.nullable().optional(),
  downscale_smoothing_factor: factor.nullable().optional(),
  target_num_ongoing_requests_per_replica: positive("requests").optional(),
});
export type AutoscalingConfig = z.infer<typeof AutoscalingConfig>;

/** Under today's names only, with every default filled in. */
export const ResolvedAutoscaling = z.strictObject({
  min_replicas: z.int(),
  initial_replicas: z.int().nullable(),
  max_replicas: z.int(),
  target_ongoing_requests: z.number(),
  metrics_interval_s: z.number(),
  look_back_period_s: z.number(),
  upscaling_factor: z.number(),
  downscaling_factor: z.number(),
  upscale_delay_s: z.number(),
  downscale_delay_s: z.number(),
  downscale_to_zero_delay_s: z.number(),
  aggregation_function: z.enum(["mean", "max", "min"]),
  schedules: z.array(
    z.strictObject({
      start: z.string(),
      end: z.string(),
      timezone: z.string(),
      min_replicas: z.int().nullable(),
      max_replicas: z.int().nullable(),
    }),
  ),
  queue_fast_path: z.boolean(),
});
export type ResolvedAutoscaling = z.infer<typeof ResolvedAutoscaling>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
