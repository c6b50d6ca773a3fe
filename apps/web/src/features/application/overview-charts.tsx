"use client";

import { useMemo } from "react";
import type { EventView } from "@sluice/contracts";
import { ChartCard } from "@/components/charts/chart-card.tsx";
import type { ChartMarker } from "@/components/charts/plot-overlay.tsx";
import { useMetrics } from "@/data/queries.ts";
import { printTimeRange } from "@/format/time-range.ts";
import type { TimeRange } from "@/format/time-range.ts";
import { errorSeries, latencySeries, loadSeries, replicaSeries, throughputSeries } from "./overview-series.ts";

export const overviewMetrics = [
  "throughput",
  "latency_p50",
  "latency_p95",
  "latency_p99",
  "errors",
  "error_rate",
  "ongoing",
  "queued",
  "replicas_wanted",
  "replicas_ready",
] as const;

/** Events that change how an application behaves; each is a vertical line on every chart. */
const markedReasons = /deploy|revision|rollback|rolled_back|traffic|split|scale|replica_exited|replica_replaced|node_/;
const markersAtMost = 12;

export interface OverviewChartsProps {
  application: string;
  range: TimeRange;
  onRange: (text: string) => void;
  events: readonly EventView[];
}

export function OverviewCharts({ application, range, onRange, events }: OverviewChartsProps) {
  const all = useMetrics({ metrics: overviewMetrics, application, range });
  const byRevision = useMetrics({ metrics: ["throughput"], application, byRevision: true, range });
  const answer = all.data;
  const series = useMemo(
    () => ({
      latency: latencySeries(answer),
      errors: errorSeries(answer),
      load: loadSeries(answer),
      replicas: replicaSeries(answer),
    }),
    [answer],
  );
  const throughput = useMemo(() => throughputSeries(byRevision.data), [byRevision.data]);
  const markers = useMemo(() => markersOf(events), [events]);
  const frame = {
    fromMs: answer?.from_ms ?? 0,
    toMs: answer?.to_ms ?? 1,
    loading: answer === undefined,
    markers,
    onZoom: (fromMs: number, toMs: number) =>
      onRange(printTimeRange({ kind: "span", fromMs, toMs: Math.max(toMs, fromMs + 60_000) })),
    onZoomOut: () => onRange("15m"),
  };
  return (
    <div className="grid gap-3.5 lg:grid-cols-2">
      <ChartCard title="Throughput" note="req/s by revision" unit="req/s" series={throughput} {...frame} />
      <ChartCard
        title="Latency"
        note="ms at the gateway, merged histograms"
        unit="ms"
        series={series.latency}
        {...frame}
      />
      <ChartCard
        title="Errors"
        note="req/s by status code"
        unit="req/s"
        series={series.errors}
        {...frame}
        emptyText={throughput.length > 0 ? "no errors in this range" : "no data in this range"}
      />
      <ChartCard title="Ongoing and queued" note="requests" unit="requests" series={series.load} whole {...frame} />
      <ChartCard
        title="Replicas"
        note="count"
        unit="replicas"
        series={series.replicas}
        whole
        className="lg:col-span-2"
        {...frame}
      />
    </div>
  );
}

function markersOf(events: readonly EventView[]): ChartMarker[] {
  return events
    .filter((event) => markedReasons.test(event.reason))
    .slice(0, markersAtMost)
    .map((event) => ({ atMs: Date.parse(event.at), text: event.message }));
}
