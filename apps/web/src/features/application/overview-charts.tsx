"use client";

import { useMemo } from "react";
import type { EventView } from "@sluice/contracts";
import { ChartCard } from "@/components/charts/chart-card.tsx";
import { useMetrics } from "@/data/queries.ts";
import { printTimeRange } from "@/format/time-range.ts";
import type { TimeRange } from "@/format/time-range.ts";
import { listMarkers } from "./chart-markers.ts";
import {
  errorSeries,
  latencySeries,
  loadSeries,
  noErrorsText,
  replicaSeries,
  throughputSeries,
} from "./overview-series.ts";

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

/** Asked for with the rest of the page, so that the chart by revision is there with the others. */
export const revisionMetrics = { metrics: ["throughput"], byRevision: true } as const;

export interface OverviewChartsProps {
  application: string;
  range: TimeRange;
  onRange: (text: string) => void;
  events: readonly EventView[];
}

export function OverviewCharts({ application, range, onRange, events }: OverviewChartsProps) {
  const all = useMetrics({ metrics: overviewMetrics, application, range });
  const byRevision = useMetrics({ ...revisionMetrics, application, range });
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
  const fromMs = answer?.from_ms ?? 0;
  const toMs = answer?.to_ms ?? 1;
  const markers = useMemo(() => listMarkers(events, toMs - fromMs), [events, toMs, fromMs]);
  const frame = {
    fromMs,
    toMs,
    loading: answer === undefined,
    markers,
    onZoom: (fromMs: number, toMs: number) =>
      onRange(printTimeRange({ kind: "span", fromMs, toMs: Math.max(toMs, fromMs + 60_000) })),
    onZoomOut: () => onRange("15m"),
  };
  return (
    <div className="grid gap-3.5 lg:grid-cols-2">
      <ChartCard
        title="Throughput"
        note="req/s by revision"
        unit="req/s"
        series={throughput}
        {...frame}
        loading={frame.loading || byRevision.data === undefined}
      />
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
        emptyText={noErrorsText(answer)}
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
