import { option, type OptionDoc } from "./option-doc.ts";

/** How many replicas, and how fast that changes. */
export const scalingOptionDocs: readonly OptionDoc[] = [
  option("num_replicas", "Replicas", "controller", {
    meaning:
      "How many replicas run. `auto` (null is the same) = as many as the load needs, from 1 to 100, as `autoscaling_config` says. With a traffic split a revision keeps its share of them, at least one.",
    default: "1",
    range: "1 to 1000, or `auto`; beside `autoscaling_config` a number means `initial_replicas`",
    example: "2",
  }),
  option("autoscaling_config", "Autoscaling", "controller", {
    meaning: "The number of replicas follows the load. null = it does not.",
    default: "null",
    range: "the fields below",
    example: "{min_replicas: 1, max_replicas: 10}",
  }),
  option("autoscaling_config.min_replicas", "Min replicas", "controller", {
    meaning: "Never fewer. 0 = no replica while there is no request; the first one waits for it.",
    default: "1",
    range: "0 to 1000, at most `max_replicas`",
    example: "0",
  }),
  option("autoscaling_config.initial_replicas", "Initial replicas", "controller", {
    meaning: "How many a deployment starts with.",
    default: "null (`min_replicas`)",
    range: "`min_replicas` to `max_replicas`",
    example: "2",
  }),
  option("autoscaling_config.max_replicas", "Max replicas", "controller", {
    meaning: "Never more.",
    default: "1; with `num_replicas: auto` 100",
    range: "1 to 1000, at least `min_replicas`",
    example: "10",
  }),
  option("autoscaling_config.target_ongoing_requests", "Target ongoing requests", "controller", {
    meaning: "Running and waiting requests per replica that are aimed at.",
    default: "2",
    range: "more than 0",
    example: "5",
  }),
  option("autoscaling_config.metrics_interval_s", "Metrics interval", "controller", {
    meaning: "Taken for compatibility, with a warning: load is reported each half second, whatever it says.",
    default: "10",
    range: "more than 0",
    example: "10",
  }),
  option("autoscaling_config.look_back_period_s", "Look-back period", "controller", {
    meaning: "Seconds of load that a decision looks at. A step upwards counts within a second.",
    default: "30",
    range: "more than 0, at most 3600",
    example: "10",
  }),
  option("autoscaling_config.upscaling_factor", "Upscaling factor", "controller", {
    meaning: "Share of the missing replicas that one decision adds.",
    default: "1",
    range: "more than 0",
    example: "0.5",
  }),
  option("autoscaling_config.downscaling_factor", "Downscaling factor", "controller", {
    meaning: "Share of the superfluous replicas that one decision takes away.",
    default: "1",
    range: "more than 0",
    example: "0.5",
  }),
  option("autoscaling_config.upscale_delay_s", "Upscale delay", "controller", {
    meaning: "Seconds that more replicas must be wanted before there are more. From 0 replicas there is no delay.",
    default: "30",
    range: "at least 0",
    example: "0",
  }),
  option("autoscaling_config.downscale_delay_s", "Downscale delay", "controller", {
    meaning: "Seconds that fewer replicas must be wanted before there are fewer.",
    default: "600",
    range: "at least 0",
    example: "60",
  }),
  option("autoscaling_config.downscale_to_zero_delay_s", "Delay to zero", "controller", {
    meaning: "The same for the last replica.",
    default: "null (`downscale_delay_s`)",
    range: "at least 0",
    example: "300",
  }),
  option("autoscaling_config.aggregation_function", "Aggregation", "controller", {
    meaning: "How the load of the look-back period becomes one number.",
    default: "mean",
    range: "`mean`, `max`, `min`",
    example: "max",
  }),
  option("autoscaling_config.policy", "Policy", "controller", {
    meaning: "Takes Ray's default policy by its name, which is what runs; others are refused.",
    default: "Ray's default policy",
    range: "{policy_function: ray.serve.autoscaling_policy:default_autoscaling_policy}",
    example: "{policy_function: ray.serve.autoscaling_policy:default_autoscaling_policy}",
  }),
  option("autoscaling_config.schedules", "Schedules", "controller", {
    meaning: "Other bounds at certain times: from each `start` to the next `end`, cron expressions of five fields.",
    default: "[]",
    range: "a list of {start, end, timezone (UTC), min_replicas, max_replicas}",
    example: "[{start: 0 8 * * mon-fri, end: 0 18 * * mon-fri, min_replicas: 4}]",
  }),
  option("autoscaling_config.queue_fast_path", "Queue fast path", "controller", {
    meaning: "A queue that stays longer than all replicas can take for a second does not wait for `upscale_delay_s`.",
    default: "true",
    range: "true, false",
    example: "false",
  }),
  option("autoscaling_config.smoothing_factor", "Smoothing factor", "controller", {
    meaning: "Old name, taken with a warning: `upscaling_factor` and `downscaling_factor` at once.",
    default: "1",
    range: "more than 0",
    example: "0.5",
  }),
  option("autoscaling_config.upscale_smoothing_factor", "Upscale smoothing factor", "controller", {
    meaning: "Old name of `upscaling_factor`, taken with a warning.",
    default: "",
    range: "more than 0",
    example: "0.5",
  }),
  option("autoscaling_config.downscale_smoothing_factor", "Downscale smoothing factor", "controller", {
    meaning: "Old name of `downscaling_factor`, taken with a warning.",
    default: "",
    range: "more than 0",
    example: "0.5",
  }),
  option("autoscaling_config.target_num_ongoing_requests_per_replica", "Target requests per replica", "controller", {
    meaning: "Old name of `target_ongoing_requests`, taken with a warning.",
    default: "",
    range: "more than 0",
    example: "5",
  }),
  option("rolling_update_percentage", "Rolling update share", "controller", {
    meaning:
      "Share of the replicas that an update replaces at a time where there is no room to start all new ones first.",
    default: "0.2",
    range: "more than 0, at most 1",
    example: "0.5",
  }),
];
