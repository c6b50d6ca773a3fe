/** Options of one deployment that contradict each other as they are written, whatever the code says. */

/** `path` leads from the deployment to the field. */
export interface OptionIssue {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** Bounds of autoscaling as far as they are known. */
interface Bounds {
  readonly min_replicas?: number | null | undefined;
  readonly initial_replicas?: number | null | undefined;
  readonly max_replicas?: number | null | undefined;
}

interface WrittenAutoscaling extends Bounds {
  readonly target_ongoing_requests?: number | undefined;
  readonly target_num_ongoing_requests_per_replica?: number | undefined;
  readonly upscaling_factor?: number | null | undefined;
  readonly upscale_smoothing_factor?: number | null | undefined;
  readonly downscaling_factor?: number | null | undefined;
  readonly downscale_smoothing_factor?: number | null | undefined;
  readonly schedules?: readonly Bounds[] | undefined;
}

interface Written {
  readonly num_replicas?: number | "auto" | null | undefined;
  readonly max_ongoing_requests?: number | undefined;
  readonly max_concurrent_queries?: number | undefined;
  readonly autoscaling_config?: WrittenAutoscaling | null | undefined;
}

export function findOptionConflicts(written: Written): OptionIssue[] {
  const { autoscaling_config: config, num_replicas: count } = written;
  const issues: OptionIssue[] = [];
  if (written.max_ongoing_requests !== undefined && written.max_concurrent_queries !== undefined) {
    issues.push(twice(["max_concurrent_queries"], "max_ongoing_requests"));
  }
  if (config === undefined || config === null) return issues;
  const at = ["autoscaling_config"] as const;
  for (const [old, name] of renamed) {
    if (config[old] !== undefined && config[name] !== undefined) issues.push(twice([...at, old], name));
  }
  if (typeof count === "number" && typeof config.initial_replicas === "number") {
    const detail =
      "Beside `autoscaling_config` a number means `initial_replicas`, which is given too. Leave one of the two out.";
    issues.push({ path: ["num_replicas"], detail });
  }
  return [...issues, ...boundIssues(config, at), ...scheduleIssues(config, config.schedules ?? [], at)];
}

const renamed = [
  ["target_num_ongoing_requests_per_replica", "target_ongoing_requests"],
  ["upscale_smoothing_factor", "upscaling_factor"],
  ["downscale_smoothing_factor", "downscaling_factor"],
] as const;

function twice(path: readonly PropertyKey[], name: string): OptionIssue {
  return { path, detail: `The old name of \`${name}\`, which is given too. Leave it out.` };
}

/** min <= initial <= max. */
export function boundIssues(bounds: Bounds, at: readonly PropertyKey[]): OptionIssue[] {
  const { min_replicas: min, initial_replicas: initial, max_replicas: max } = bounds;
  const issues: OptionIssue[] = [];
  if (isNumber(min) && isNumber(max) && min > max) {
    issues.push({
      path: [...at, "min_replicas"],
      detail: `At most \`max_replicas\`, which is ${max}. Here it is ${min}.`,
    });
  }
  if (!isNumber(initial)) return issues;
  const path = [...at, "initial_replicas"];
  if (isNumber(min) && initial < min)
    issues.push({ path, detail: `At least \`min_replicas\`, which is ${min}. Here it is ${initial}.` });
  if (isNumber(max) && initial > max)
    issues.push({ path, detail: `At most \`max_replicas\`, which is ${max}. Here it is ${initial}.` });
  return issues;
}

/** A window's bounds, with the usual ones for what it leaves out. */
export function scheduleIssues(usual: Bounds, schedules: readonly Bounds[], at: readonly PropertyKey[]): OptionIssue[] {
  return schedules.flatMap((schedule, index) => {
    const path = [...at, "schedules", index];
    const { min_replicas: min, max_replicas: max } = schedule;
    if (!isNumber(min) && !isNumber(max)) return [{ path, detail: "Needs `min_replicas`, `max_replicas` or both." }];
    const [low, high] = [min ?? usual.min_replicas, max ?? usual.max_replicas];
    if (!isNumber(low) || !isNumber(high) || low <= high) return [];
    const name = isNumber(min) ? "min_replicas" : "max_replicas";
    return [
      {
        path: [...path, name],
        detail: `In this window \`min_replicas\` is ${low} and \`max_replicas\` ${high}. Write a minimum that is not above the maximum.`,
      },
    ];
  });
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number";
}
