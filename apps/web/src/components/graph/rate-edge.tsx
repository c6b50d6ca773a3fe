"use client";

import { BaseEdge, EdgeLabelRenderer, Position } from "@xyflow/react";
import type { Edge, EdgeProps } from "@xyflow/react";
import { formatMeasured } from "@/format/numbers.ts";
import { revisionSeries } from "@/components/ui/series.ts";
import { shapeDown, shapeRight } from "./edge-shape.ts";

export interface RateData extends Record<string, unknown> {
  /** False while it is asked for: nothing is said then. */
  readonly isAnswered: boolean;
  readonly rate: number | null;
  readonly p99Ms: number | null;
  /** Whose colour it has; null = several revisions share it. */
  readonly colourOf: number | null;
  readonly width: number;
  /** Other arrows leave the same box. */
  readonly hasSiblings: boolean;
}
export type RateEdgeType = Edge<RateData, "rate">;

/** Width is rate, colour is revision; rate and p99 stand beside the line, never on it. */
export function RateEdge({ id, sourceX, sourceY, targetX, targetY, targetPosition, data }: EdgeProps<RateEdgeType>) {
  if (data === undefined) return null;
  const colour = data.colourOf === null ? "var(--dim)" : revisionSeries(data.colourOf);
  const idle = data.rate === null || data.rate === 0;
  const [source, target] = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ];
  const { path, label, shift } =
    targetPosition === Position.Top
      ? shapeDown(source, target, data.hasSiblings)
      : shapeRight(source, target, data.hasSiblings);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        style={{
          stroke: idle ? "var(--line-strong)" : colour,
          strokeWidth: data.width,
          strokeOpacity: idle ? 1 : 0.65,
          strokeDasharray: idle ? "3 4" : undefined,
        }}
      />
      <EdgeLabelRenderer>
        <div
          className="pointer-events-none absolute text-2xs whitespace-nowrap text-dim"
          style={{ transform: `translate(${shift.x * 100}%, ${shift.y * 100}%) translate(${label.x}px, ${label.y}px)` }}
        >
          {labelOf(data)}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

function labelOf({ isAnswered, rate, p99Ms }: RateData): string {
  if (!isAnswered) return "";
  if (rate === null) return "no data";
  const perSecond = `${formatMeasured(rate)}/s`;
  return p99Ms === null ? perSecond : `${perSecond} · ${formatMeasured(p99Ms)} ms`;
}
