import type { DeploymentView, ResolvedAutoscaling } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { formatBytes, formatNumber, formatPercent } from "@/format/numbers.ts";

/** What the target revision says of it, by the options' names. It need not serve yet, or at all. */
export function OptionsCard({ deployment, revision }: { deployment: DeploymentView; revision: number }) {
  const { options } = deployment;
  const { num_cpus, num_gpus, memory, resources, accelerator_type, label_selector } = options.ray_actor_options;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ["runtime", options.runtime],
    ["max_ongoing_requests", formatNumber(options.max_ongoing_requests)],
    ["max_queued_requests", options.max_queued_requests < 0 ? "no limit" : formatNumber(options.max_queued_requests)],
    // Of a replica of several members each bundle says its own.
    ...(options.placement === undefined ? [["num_cpus", formatNumber(num_cpus)] as const] : []),
    ...(num_gpus > 0 ? [["num_gpus", formatNumber(num_gpus)] as const] : []),
    ...(memory > 0 ? [["memory", formatBytes(memory)] as const] : []),
    ...(accelerator_type === null ? [] : [["accelerator_type", accelerator_type] as const]),
    ...Object.entries(resources).map(([name, amount]) => [name, formatNumber(amount)] as const),
    ...Object.entries(label_selector).map(([label, wanted]) => [`label ${label}`, wanted] as const),
    ...(options.placement === undefined
      ? []
      : [
          ["placement_group_bundles", bundlesText(options.placement.bundles)] as const,
          ["placement_group_strategy", options.placement.strategy] as const,
        ]),
    ["rolling_update_percentage", formatPercent(options.rolling_update_percentage * 100)],
    ["health_check_period_s", `${formatNumber(options.health_check_period_s)} s`],
    ["graceful_shutdown_timeout_s", `${formatNumber(options.graceful_shutdown_timeout_s)} s`],
    ...(options.autoscaling === undefined ? [] : autoscalingRows(options.autoscaling)),
  ];
  return (
    <Card title="Options" note={`of r${revision}, the target revision`}>
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

type Bundle = NonNullable<DeploymentView["options"]["placement"]>["bundles"][number];

/** `3 × 1 CPU`, or one after the other where they differ. */
function bundlesText(bundles: readonly Bundle[]): string {
  const counts = new Map<string, number>();
  for (const bundle of bundles) counts.set(bundleText(bundle), (counts.get(bundleText(bundle)) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${count} × ${text}`)).join(" + ");
}

function bundleText({ num_cpus, num_gpus, memory, resources }: Bundle): string {
  const parts = [
    `${formatNumber(num_cpus)} CPU`,
    num_gpus > 0 ? `${formatNumber(num_gpus)} GPU` : "",
    memory > 0 ? formatBytes(memory) : "",
    ...Object.entries(resources).map(([name, amount]) => `${formatNumber(amount)} ${name}`),
  ].filter(Boolean);
  return parts.length === 1 ? parts.join("") : `(${parts.join(", ")})`;
}
