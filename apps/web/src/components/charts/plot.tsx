"use client";

import { memo, useMemo } from "react";
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { formatAxis } from "@/format/numbers.ts";
import { formatTick } from "@/format/time.ts";
import { isolatedMoments, timeTicks, toRows } from "./chart-model.ts";
import type { ChartSeries } from "./chart-model.ts";

/** Space of the value axis, of the right end, of the top and of the time axis, in px. The overlay uses the same. */
export const plotInsets = { left: 40, right: 6, top: 8, bottom: 22 } as const;

export interface PlotProps {
  series: readonly ChartSeries[];
  fromMs: number;
  toMs: number;
  /** From zero to the upper end of the axis. */
  ticks: readonly number[];
}

const tick = { fill: "var(--faint)", fontSize: 11 } as const;

/** Only lines, areas and axes: pointer, crosshair, markers and zoom belong to the overlay, so that hovering draws nothing here. */
export const Plot = memo(function Plot({ series, fromMs, toMs, ticks }: PlotProps) {
  const rows = useMemo(() => toRows(series), [series]);
  const moments = useMemo(() => timeTicks(fromMs, toMs, -new Date(toMs).getTimezoneOffset() * 60_000), [fromMs, toMs]);
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 400, height: 172 }}>
      <ComposedChart
        data={rows}
        margin={{ top: plotInsets.top, right: plotInsets.right, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="2 4" />
        <XAxis
          dataKey="at"
          type="number"
          domain={[fromMs, toMs]}
          allowDataOverflow
          ticks={moments}
          tickFormatter={(ms: number) => formatTick(ms, toMs - fromMs)}
          tick={tick}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          height={plotInsets.bottom}
          interval="preserveStartEnd"
          minTickGap={16}
        />
        <YAxis
          width={plotInsets.left}
          domain={[0, ticks.at(-1) ?? 1]}
          ticks={[...ticks]}
          tickFormatter={(value: number) => formatAxis(value)}
          tick={tick}
          tickLine={false}
          axisLine={false}
        />
        {series.map((one) =>
          one.area === true ? (
            <Area
              key={one.key}
              dataKey={one.key}
              type="linear"
              stroke={one.colour}
              strokeWidth={1.6}
              fill={one.colour}
              fillOpacity={0.13}
              dot={lonelyDot(one)}
              activeDot={false}
              isAnimationActive={false}
              connectNulls={false}
            />
          ) : (
            <Line
              key={one.key}
              dataKey={one.key}
              type="linear"
              stroke={one.colour}
              strokeWidth={1.6}
              dot={lonelyDot(one)}
              activeDot={false}
              isAnimationActive={false}
              connectNulls={false}
            />
          ),
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
});

/** A window between two gaps has no line to stand on; it is drawn as a dot. */
function lonelyDot({ key, colour, points }: ChartSeries) {
  const isolated = isolatedMoments(points);
  if (isolated.size === 0) return false;
  return function Dot({ cx, cy, payload }: { cx?: number; cy?: number; payload?: { at?: number } }) {
    const at = payload?.at;
    if (at === undefined || cx === undefined || cy === undefined || !isolated.has(at))
      return <g key={`${key}-${at}`} />;
    return <circle key={`${key}-${at}`} cx={cx} cy={cy} r={2} fill={colour} />;
  };
}
