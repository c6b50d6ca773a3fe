import type { DeploymentView, ResolvedAutoscaling } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { formatBytes, formatNumber, formatPercent } from "@/format/numbers.ts";

/** What the target revision says of it: each option in force, by its name. */
export function OptionsCard({ deployment }: { deployment: DeploymentView }) {
  const { options } = deployment;
  const { num_cpus, num_gpus, memory, resources, accelerator_type, label_selector } = options.ray_actor_options;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["runtime", options.runtime],
    ["max_ongoing_requests", formatNumber(options.max_ongoing_requests)],
    ["max_queued_requests", options.max_queued_requests < 0 ? "no limit" : formatNumber(options.max_queued_requests)],
    ["num_cpus", formatNumber(num_cpus)],
    ...(num_gpus > 0 ? [["num_gpus", formatNumber(num_gpus)] as const] : []),
    ...(memory > 0 ? [["memory", formatBytes(memory)] as const] : []),
    ...(accelerator_type === null ? [] : [["accelerator_type", accelerator_type] as const]),
    ...Object.entries(resources).map(([name, amount]) => [name, formatNumber(amount)] as const),
    ...Object.entries(label_selector).map(([label, wanted]) => [`label ${label}`, wanted] as const),
    ...(options.placement === undefined
      ? []
      : [["placement", `${options.placement.strategy}, ${options.placement.bundles.length} bundles`] as const]),
    ["rolling_update_percentage", formatPercent(options.rolling_update_percentage * 100)],
    ["health_check_period_s", `${formatNumber(options.health_check_period_s)} s`],
    ["graceful_shutdown_timeout_s", `${formatNumber(options.graceful_shutdown_timeout_s)} s`],
    ...(options.autoscaling === undefined ? [] : autoscalingRows(options.autoscaling)),
  ];
  return (
    <Card title="Options in force" note="of the target revision">
      <dl className="grid gap-1 text-xs">
        {rows.map(([name, value]) => (
          <div key={name} className="flex items-baseline justify-between gap-3">
            <dt className="min-w-0 truncate text-faint" title={name}>
              {name}
            </dt>
            <dd className="text-right wrap-anywhere text-dim">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function autoscalingRows(config: ResolvedAutoscaling): readonly (readonly [string, string])[] {
  return [
    ["min_replicas, max_replicas", `${config.min_replicas} to ${config.max_replicas}`],
    ["target_ongoing_requests", formatNumber(config.target_ongoing_requests)],
    ["look_back_period_s", `${formatNumber(config.look_back_period_s)} s, ${config.aggregation_function}`],
    ["upscale_delay_s", `${formatNumber(config.upscale_delay_s)} s`],
    ["downscale_delay_s", `${formatNumber(config.downscale_delay_s)} s`],
    ...(config.min_replicas === 0
      ? [["downscale_to_zero_delay_s", `${formatNumber(config.downscale_to_zero_delay_s)} s`] as const]
      : []),
    ["upscaling_factor", formatNumber(config.upscaling_factor)],
    ["downscaling_factor", formatNumber(config.downscaling_factor)],
    ...config.schedules.map(
      ({ start, end, timezone, min_replicas: min, max_replicas: max }, index) =>
        [`schedule ${index + 1}`, `${start} to ${end} ${timezone}: ${min ?? "–"} to ${max ?? "–"}`] as const,
    ),
  ];
}
