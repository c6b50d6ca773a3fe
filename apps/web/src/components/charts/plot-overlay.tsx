"use client";

import { useRef, useState } from "react";
import type { PointerEvent } from "react";
import { formatClockSeconds } from "@/format/time.ts";
import { nearestMoment } from "./chart-model.ts";
import { useCrosshair, useCrosshairStore } from "./crosshair.tsx";
import { plotInsets } from "./plot.tsx";

export interface ChartMarker {
  readonly atMs: number;
  readonly text: string;
}

export interface PlotOverlayProps {
  fromMs: number;
  toMs: number;
  moments: readonly number[];
  markers: readonly ChartMarker[];
  onZoom?: ((fromMs: number, toMs: number) => void) | undefined;
  onZoomOut?: (() => void) | undefined;
}

/** A drag narrower than this is a click. */
const smallestDragPx = 6;

/** Crosshair, event markers and drag-to-zoom, laid exactly over the plot. */
export function PlotOverlay({ fromMs, toMs, moments, markers, onZoom, onZoomOut }: PlotOverlayProps) {
  const area = useRef<HTMLDivElement>(null);
  const store = useCrosshairStore();
  const hoverMs = useCrosshair();
  const [drag, setDrag] = useState<{ readonly startMs: number; readonly endMs: number } | null>(null);

  const momentAt = (event: PointerEvent): number => {
    const box = area.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return fromMs;
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return fromMs + share * (toMs - fromMs);
  };
  const left = (ms: number): string => `${(((ms - fromMs) / (toMs - fromMs)) * 100).toFixed(3)}%`;
  const inside = (ms: number): boolean => ms >= fromMs && ms <= toMs;

  const onPointerMove = (event: PointerEvent): void => {
    const ms = momentAt(event);
    store.set(nearestMoment(moments, ms) ?? null);
    if (drag !== null) setDrag({ ...drag, endMs: ms });
  };
  const onPointerUp = (): void => {
    if (drag === null) return;
    setDrag(null);
    const width = area.current?.getBoundingClientRect().width ?? 0;
    const draggedPx = (Math.abs(drag.endMs - drag.startMs) / (toMs - fromMs)) * width;
    if (draggedPx >= smallestDragPx) onZoom?.(Math.min(drag.startMs, drag.endMs), Math.max(drag.startMs, drag.endMs));
  };

  return (
    <div
      ref={area}
      className="absolute touch-pan-y select-none"
      style={{ left: plotInsets.left, right: plotInsets.right, top: plotInsets.top, bottom: plotInsets.bottom }}
      onPointerMove={onPointerMove}
      onPointerLeave={() => {
        store.set(null);
        setDrag(null);
      }}
      onPointerDown={(event) => {
        if (event.button !== 0 || onZoom === undefined || event.pointerType === "touch") return;
        const ms = momentAt(event);
        setDrag({ startMs: ms, endMs: ms });
      }}
      onPointerUp={onPointerUp}
      onDoubleClick={onZoomOut}
    >
      {markers
        .filter((marker) => inside(marker.atMs))
        .map((marker) => (
          <span
            key={`${marker.atMs}-${marker.text}`}
            title={`${formatClockSeconds(marker.atMs)} ${marker.text}`}
            className="absolute inset-y-0 -ml-1 w-2 before:absolute before:inset-y-0 before:left-1 before:border-l before:border-dashed before:border-accent/50 after:absolute after:-top-[3px] after:left-[1.5px] after:size-[6px] after:rounded-full after:bg-accent"
            style={{ left: left(marker.atMs) }}
          />
        ))}
      {hoverMs !== null && inside(hoverMs) && (
        <span
          className="pointer-events-none absolute inset-y-0 border-l border-line-strong"
          style={{ left: left(hoverMs) }}
        />
      )}
      {drag !== null && (
        <span
          className="pointer-events-none absolute inset-y-0 border-x border-accent bg-accent/15"
          style={{
            left: left(Math.min(drag.startMs, drag.endMs)),
            right: `calc(100% - ${left(Math.max(drag.startMs, drag.endMs))})`,
          }}
        />
      )}
    </div>
  );
}
