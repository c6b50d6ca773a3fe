"use client";

import { BaseEdge, EdgeLabelRenderer, Position, getBezierPath } from "@xyflow/react";
import type { Edge, EdgeProps } from "@xyflow/react";
import { formatMeasured } from "@/format/numbers.ts";
import { revisionSeries } from "@/components/ui/series.ts";

export interface RateData extends Record<string, unknown> {
  /** False while it is asked for: nothing is said then. */
  readonly isAnswered: boolean;
  readonly rate: number | null;
  readonly p99Ms: number | null;
  /** Whose colour it has; null = several revisions share it. */
  readonly colourOf: number | null;
  readonly width: number;
}
export type RateEdgeType = Edge<RateData, "rate">;

/** Width is rate, colour is revision; rate and p99 stand above the line, never on it. */
export function RateEdge({
  id,
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourcePosition,
  targetPosition,
  data,
}: EdgeProps<RateEdgeType>) {
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  if (data === undefined) return null;
  const colour = data.colourOf === null ? "var(--dim)" : revisionSeries(data.colourOf);
  const idle = data.rate === null || data.rate === 0;
  const label =
    targetPosition === Position.Top
      ? placeLabelBeside({ sourceX, targetX, targetY }, [labelX, labelY])
      : placeLabel({ sourceY, targetX, targetY }, [labelX, labelY]);
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
        <div className="pointer-events-none absolute text-2xs whitespace-nowrap text-dim" style={{ transform: label }}>
          {labelOf(data)}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}

/**
 * Above the middle of a straight arrow. A bent one runs level into its target from one side, so there the label stands on
 * the other: above an arrow that rises, below one that falls.
 */
function placeLabel(
  { sourceY, targetX, targetY }: { sourceY: number; targetX: number; targetY: number },
  [midX, midY]: readonly [number, number],
): string {
  const bend = targetY - sourceY;
  if (Math.abs(bend) < 8) return `translate(-50%, -100%) translate(${midX}px, ${midY - 7}px)`;
  const edge = bend < 0 ? -7 : 7;
  return `translate(-100%, ${bend < 0 ? "-100%" : "0"}) translate(${targetX - 8}px, ${targetY + edge}px)`;
}

/** Right of an arrow that points down; where it bends, outside of the bend and above its target. */
function placeLabelBeside(
  { sourceX, targetX, targetY }: { sourceX: number; targetX: number; targetY: number },
  [midX, midY]: readonly [number, number],
): string {
  const bend = targetX - sourceX;
  if (Math.abs(bend) < 8) return `translate(0, -50%) translate(${midX + 9}px, ${midY}px)`;
  return `translate(${bend < 0 ? "-100%" : "0"}, -100%) translate(${targetX + (bend < 0 ? -9 : 9)}px, ${targetY - 5}px)`;
}

function labelOf({ isAnswered, rate, p99Ms }: RateData): string {
  if (!isAnswered) return "";
  if (rate === null) return "no data";
  const perSecond = `${formatMeasured(rate)}/s`;
  return p99Ms === null ? perSecond : `${perSecond} · ${formatMeasured(p99Ms)} ms`;
}
