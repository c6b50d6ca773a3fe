"use client";

import { useMemo } from "react";
import type { EventView } from "@sluice/contracts";
import { ChartCard } from "@/components/charts/chart-card.tsx";
import { useMetrics } from "@/data/queries.ts";
import { listMarkers } from "@/features/application/chart-markers.ts";
import { latencySeries, loadSeries, replicaSeries } from "@/features/application/overview-series.ts";
import { printTimeRange } from "@/format/time-range.ts";
import type { TimeRange } from "@/format/time-range.ts";

const metrics = [
  "latency_p50",
  "latency_p95",
  "latency_p99",
  "ongoing",
  "queued",
  "replicas_wanted",
  "replicas_ready",
] as const;

export interface DeploymentChartsProps {
  application: string;
  deployment: string;
  range: TimeRange;
  onRange: (text: string) => void;
  /** Of this deployment: its scaling decisions stand on the charts. */
  events: readonly EventView[];
}

/** The load and the number of replicas that followed it, on the same moments. */
export function DeploymentCharts({ application, deployment, range, onRange, events }: DeploymentChartsProps) {
  const answer = useMetrics({ metrics, application, deployment, range }).data;
  const series = useMemo(
    () => ({ load: loadSeries(answer), replicas: replicaSeries(answer), latency: latencySeries(answer) }),
    [answer],
  );
  const fromMs = answer?.from_ms ?? 0;
  const toMs = answer?.to_ms ?? 1;
  const markers = useMemo(() => listMarkers(events, toMs - fromMs), [events, toMs, fromMs]);
  const frame = {
    fromMs,
    toMs,
    loading: answer === undefined,
    markers,
    onZoom: (from: number, to: number) =>
      onRange(printTimeRange({ kind: "span", fromMs: from, toMs: Math.max(to, from + 60_000) })),
    onZoomOut: () => onRange("15m"),
  };
  return (
    <div className="grid gap-3.5 lg:grid-cols-2">
      <ChartCard title="Ongoing and queued" note="requests" unit="requests" series={series.load} whole {...frame} />
      <ChartCard title="Replicas" note="count" unit="replicas" series={series.replicas} whole {...frame} />
      <ChartCard
        title="Latency"
        note="ms at the gateway, merged histograms"
        unit="ms"
        series={series.latency}
        className="lg:col-span-2"
        {...frame}
      />
    </div>
  );
}
