"use client";

import { useMemo } from "react";
import { Card } from "@/components/ui/card.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { formatMeasured } from "@/format/numbers.ts";
import { formatClockSeconds } from "@/format/time.ts";
import { latestOf, valueAt, valueTicks } from "./chart-model.ts";
import type { ChartSeries } from "./chart-model.ts";
import { useCrosshair } from "./crosshair.tsx";
import { Plot } from "./plot.tsx";
import { PlotOverlay } from "./plot-overlay.tsx";
import type { PlotOverlayProps } from "./plot-overlay.tsx";

export interface ChartCardProps extends Omit<PlotOverlayProps, "moments"> {
  title: string;
  /** Unit and what is counted, e.g. `req/s by revision`. */
  note: string;
  unit: string;
  series: readonly ChartSeries[];
  loading: boolean;
  /** Values are counts: the axis shows whole numbers. */
  whole?: boolean;
  emptyText?: string;
  className?: string;
}

export function ChartCard({
  title,
  note,
  unit,
  series,
  loading,
  whole,
  emptyText,
  className,
  fromMs,
  toMs,
  ...overlay
}: ChartCardProps) {
  const ticks = useMemo(() => valueTicks(series, whole), [series, whole]);
  const moments = useMemo(() => [...new Set(series.flatMap((one) => one.points.map(([at]) => at)))], [series]);
  const hasData = series.some((one) => one.points.some(([, value]) => value !== null));
  return (
    <Card title={title} label={`${title} chart`} note={note} flush {...(className === undefined ? {} : { className })}>
      <Legend series={series} unit={unit} />
      <div
        className="relative mx-2 mb-2 h-[172px] overflow-hidden"
        role="img"
        aria-label={describeChart(title, unit, series)}
      >
        {loading ? (
          <Skeleton className="absolute inset-x-2 top-2 bottom-6" />
        ) : (
          <>
            <Plot series={series} fromMs={fromMs} toMs={toMs} ticks={ticks} />
            <PlotOverlay fromMs={fromMs} toMs={toMs} moments={moments} {...overlay} />
            {!hasData && (
              <p className="pointer-events-none absolute inset-x-0 top-[68px] text-center text-xs text-faint">
                {/* Markers of events go past behind it. */}
                <span className="rounded-[4px] bg-panel px-1.5 py-0.5">{emptyText ?? "no data in this range"}</span>
              </p>
            )}
          </>
        )}
      </div>
    </Card>
  );
}

/** Newest values, or those under the crosshair. */
function Legend({ series, unit }: { series: readonly ChartSeries[]; unit: string }) {
  const hoverMs = useCrosshair();
  return (
    <div className="flex min-h-[23px] flex-wrap gap-x-3 gap-y-0.5 px-3.5 pb-1.5 text-xs text-dim">
      {series.map((one) => (
        <span key={one.key} className="inline-flex items-center whitespace-nowrap">
          <i aria-hidden className="mr-[5px] h-[3px] w-[9px] rounded-[2px]" style={{ background: one.colour }} />
          {one.label}&nbsp;
          <span className="font-medium text-text">
            {formatMeasured(hoverMs === null ? latestOf(one.points) : valueAt(one, hoverMs))}
          </span>
        </span>
      ))}
      {hoverMs !== null && (
        <span className="ml-auto text-faint">
          {unit} at {formatClockSeconds(hoverMs)}
        </span>
      )}
    </div>
  );
}

/** The chart in words for people who cannot see it. */
function describeChart(title: string, unit: string, series: readonly ChartSeries[]): string {
  const values = series.map((one) => {
    const latest = latestOf(one.points);
    return latest === null ? `${one.label} no data` : `${one.label} ${formatMeasured(latest)} ${unit}`;
  });
  return `${title}, newest values: ${values.join(", ") || "no data"}`;
}
