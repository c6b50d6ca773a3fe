"use client";

import type { ReactNode } from "react";
import type { MetricAnswer } from "@sluice/contracts";
import { newestMoment, pointsOf } from "@/components/charts/chart-model.ts";
import { cn } from "@/components/ui/cn.ts";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { Sparkline } from "@/components/ui/sparkline.tsx";
import { formatMeasured, formatNumber } from "@/format/numbers.ts";

export interface KeyFigure {
  readonly label: string;
  /** What the value covers: `last 10 s`. */
  readonly window: string;
  /** Undefined while it is asked for. */
  readonly value: string | undefined;
  readonly unit: string;
  readonly trend: readonly (number | null)[];
  readonly colour: string;
}

/** Figures of the newest window, all of the same one, with their trend over the page's range. */
export function figuresOf(
  answer: MetricAnswer | undefined,
  ready: number,
  wanted: number,
  capacity: number,
): KeyFigure[] {
  const window = answer === undefined ? "" : `last ${answer.step_s} s`;
  const moment = newestMoment(pointsOf(answer, "throughput"));
  const metric = (name: Parameters<typeof pointsOf>[1]) => {
    const points = pointsOf(answer, name);
    const value = points.find(([at]) => at === moment)?.[1] ?? null;
    return {
      value: answer === undefined ? undefined : formatMeasured(value),
      trend: points.map(([, one]) => one),
      window,
    };
  };
  return [
    { label: "Throughput", unit: "req/s", colour: "text-s1", ...metric("throughput") },
    { label: "p50", unit: "ms", colour: "text-l2", ...metric("latency_p50") },
    { label: "p99", unit: "ms", colour: "text-l3", ...metric("latency_p99") },
    { label: "Errors", unit: "%", colour: "text-bad", ...metric("error_rate") },
    { label: "Ongoing", unit: `of ${formatNumber(capacity)}`, colour: "text-s4", ...metric("ongoing") },
    {
      label: "Replicas",
      window: "now",
      value: String(ready),
      unit: `of ${wanted} ready`,
      colour: "text-accent",
      trend: pointsOf(answer, "replicas_ready").map(([, value]) => value),
    },
  ];
}

export function KeyFigures({ figures }: { figures: readonly KeyFigure[] }) {
  return (
    <Strip>
      {figures.map((figure) => (
        <div key={figure.label} className="relative min-w-0 bg-panel px-3.5 py-[11px]">
          <p className="flex items-baseline gap-1.5 text-xs text-dim">
            {figure.label} <span className="truncate text-2xs text-faint">{figure.window}</span>
          </p>
          {figure.value === undefined ? (
            <Skeleton className="mt-1 h-[22px] w-14" />
          ) : figure.value === "no data" ? (
            <p className="leading-[26px] text-faint">no data</p>
          ) : (
            <p className="whitespace-nowrap">
              <span className="text-key font-semibold tracking-[-0.015em]">{figure.value}</span>{" "}
              <span className="text-xs text-faint">{figure.unit}</span>
            </p>
          )}
          <Sparkline
            values={figure.trend}
            width={56}
            className={cn("absolute right-2.5 bottom-3 hidden opacity-90 min-[1180px]:block", figure.colour)}
          />
        </div>
      ))}
    </Strip>
  );
}

/** Cells divided by 1 px lines, whatever the number of columns. */
function Strip({ children }: { children: ReactNode }) {
  return (
    <section
      aria-label="Key figures"
      className="mb-3.5 grid grid-cols-2 gap-px overflow-hidden rounded-card border border-line bg-line sm:grid-cols-3 xl:grid-cols-6"
    >
      {children}
    </section>
  );
}
