/** How many replicas, or between which bounds: `num_replicas` and `autoscaling_config` of code and spec as one answer. */
import type { AutoscalingConfig, ResolvedAutoscaling } from "./autoscaling-config.ts";
import type { DeploymentSpec } from "./deployment-options.ts";
import { boundIssues, scheduleIssues, type OptionIssue } from "./option-conflicts.ts";

type Layer = Pick<DeploymentSpec, "num_replicas" | "autoscaling_config">;

export interface ReplicaCount {
  readonly num_replicas: number;
  readonly autoscaling?: ResolvedAutoscaling;
  readonly issues: readonly OptionIssue[];
  readonly warnings: readonly OptionIssue[];
}

/** Ray Serve's defaults of an `autoscaling_config`. */
const configDefaults = { min_replicas: 1, max_replicas: 1, target_ongoing_requests: 2 };
/** The same beside `num_replicas: auto`. */
const autoDefaults = { ...configDefaults, max_replicas: 100 };

/** A count in the spec ends autoscaling of the code, a config in the spec ends a count of the code: the spec wins, as in Ray. */
export function resolveReplicaCount(code: Layer, spec: Layer): ReplicaCount {
  const written = pickLayer(code, spec);
  const { num_replicas: count, autoscaling_config: config } = written;
  const isAuto = count === "auto" || count === null;
  if (!isAuto && (config === undefined || config === null)) {
    return { num_replicas: count ?? 1, issues: [], warnings: [] };
  }
  const own = config ?? {};
  const initial = own.initial_replicas ?? (typeof count === "number" ? count : null);
  const autoscaling = resolveConfig({ ...own, initial_replicas: initial }, isAuto ? autoDefaults : configDefaults);
  const at = ["autoscaling_config"];
  const issues = [...boundIssues(autoscaling, at), ...scheduleIssues(autoscaling, autoscaling.schedules, at)];
  return {
    num_replicas: initial ?? autoscaling.min_replicas,
    autoscaling,
    issues: typeof count === "number" ? issues.map(blameCount) : issues,
    warnings: [...countWarnings(count), ...configWarnings(own)],
  };
}

function pickLayer(code: Layer, spec: Layer): Layer {
  if (spec.autoscaling_config !== undefined && spec.num_replicas !== undefined) return spec;
  const { autoscaling_config: config } = spec;
  if (config !== undefined) {
    // A number of the code does not say how many to begin with.
    const keepsCount = config === null || typeof code.num_replicas !== "number";
    return keepsCount
      ? { num_replicas: code.num_replicas, autoscaling_config: config }
      : { autoscaling_config: config };
  }
  if (typeof spec.num_replicas === "number") return { num_replicas: spec.num_replicas };
  return spec.num_replicas === undefined ? code : { ...spec, autoscaling_config: code.autoscaling_config };
}

function resolveConfig(written: AutoscalingConfig, defaults: typeof configDefaults): ResolvedAutoscaling {
  const { smoothing_factor: both = 1 } = written;
  const downscaleDelayS = written.downscale_delay_s ?? 600;
  return {
    min_replicas: written.min_replicas ?? defaults.min_replicas,
    initial_replicas: written.initial_replicas ?? null,
    max_replicas: written.max_replicas ?? defaults.max_replicas,
    target_ongoing_requests:
      written.target_ongoing_requests ??
      written.target_num_ongoing_requests_per_replica ??
      defaults.target_ongoing_requests,
    metrics_interval_s: written.metrics_interval_s ?? 10,
    look_back_period_s: written.look_back_period_s ?? 30,
    upscaling_factor: written.upscaling_factor ?? written.upscale_smoothing_factor ?? both,
    downscaling_factor: written.downscaling_factor ?? written.downscale_smoothing_factor ?? both,
    upscale_delay_s: written.upscale_delay_s ?? 30,
    downscale_delay_s: downscaleDelayS,
    downscale_to_zero_delay_s: written.downscale_to_zero_delay_s ?? downscaleDelayS,
    aggregation_function: written.aggregation_function ?? "mean",
    schedules: (written.schedules ?? []).map(({ start, end, timezone, min_replicas, max_replicas }) => ({
      start,
      end,
      timezone: timezone ?? "UTC",
      min_replicas: min_replicas ?? null,
      max_replicas: max_replicas ?? null,
    })),
    queue_fast_path: written.queue_fast_path ?? true,
  };
}

/** What is wrong with `initial_replicas` is wrong with the count that stands for it. */
function blameCount(issue: OptionIssue): OptionIssue {
  if (issue.path.at(-1) !== "initial_replicas") return issue;
  const detail = `Beside \`autoscaling_config\` it means \`initial_replicas\`: ${issue.detail.charAt(0).toLowerCase()}${issue.detail.slice(1)}`;
  return { path: ["num_replicas"], detail };
}

function countWarnings(count: Layer["num_replicas"]): OptionIssue[] {
  if (typeof count !== "number") return [];
  const detail = `\`num_replicas: ${count}\` beside \`autoscaling_config\` is taken as \`initial_replicas\`.`;
  return [{ path: ["num_replicas"], detail }];
}

const oldNames = {
  smoothing_factor: "is an old name, taken as `upscaling_factor` and `downscaling_factor`.",
  upscale_smoothing_factor: "is the old name of `upscaling_factor` and taken as that.",
  downscale_smoothing_factor: "is the old name of `downscaling_factor` and taken as that.",
  target_num_ongoing_requests_per_replica: "is the old name of `target_ongoing_requests` and taken as that.",
  metrics_interval_s: "changes nothing: load is reported each half second, whatever it says.",
} as const;

function configWarnings(config: AutoscalingConfig): OptionIssue[] {
  return Object.entries(oldNames).flatMap(([name, what]) =>
    config[name as keyof typeof oldNames] === undefined || config[name as keyof typeof oldNames] === null
      ? []
      : [{ path: ["autoscaling_config", name], detail: `\`${name}\` ${what}` }],
  );
}
