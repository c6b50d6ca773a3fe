"use client";

import { useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";
import { cyclePixel, fullInk, padSize, paint, paintLine } from "./pad-model.ts";
import type { Pixels } from "./pad-model.ts";

export interface DigitPadProps {
  pixels: Pixels;
  onChange: (pixels: Pixels) => void;
  /** A stroke has ended: time to ask the model. */
  onStroke: (pixels: Pixels) => void;
}

/** 8x8 pixels to draw on with a pointer; with the keyboard, arrows move and Space inks. */
export function DigitPad({ pixels, onChange, onStroke }: DigitPadProps) {
  const pad = useRef<HTMLDivElement>(null);
  const last = useRef<readonly [number, number] | null>(null);
  const current = useRef(pixels);
  const [cursor, setCursor] = useState(27);
  const [hasFocus, setHasFocus] = useState(false);
  current.current = pixels;

  const pointOf = (event: PointerEvent): readonly [number, number] => {
    const box = pad.current?.getBoundingClientRect();
    if (box === undefined) return [0, 0];
    return [((event.clientX - box.left) / box.width) * padSize, ((event.clientY - box.top) / box.height) * padSize];
  };
  const apply = (next: Pixels): void => {
    current.current = next;
    onChange(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -padSize,
      ArrowDown: padSize,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      setCursor((at) => Math.min(padSize * padSize - 1, Math.max(0, at + move)));
    } else if (event.key === " ") {
      event.preventDefault();
      const next = cyclePixel(pixels, cursor);
      apply(next);
      onStroke(next);
    }
  };

  return (
    <div
      ref={pad}
      role="application"
      tabIndex={0}
      aria-label={`Drawing pad, 8 by 8. Arrows move, Space inks. Row ${Math.floor(cursor / padSize) + 1}, column ${(cursor % padSize) + 1}, ink ${pixels[cursor] ?? 0} of 16`}
      onKeyDown={onKeyDown}
      onFocus={(event) => setHasFocus(event.target.matches(":focus-visible"))}
      onBlur={() => setHasFocus(false)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const point = pointOf(event);
        last.current = point;
        apply(paint(current.current, point[0], point[1], event.shiftKey));
      }}
      onPointerMove={(event) => {
        if (last.current === null) return;
        const point = pointOf(event);
        apply(paintLine(current.current, last.current, point, event.shiftKey));
        last.current = point;
      }}
      onPointerUp={() => {
        if (last.current === null) return;
        last.current = null;
        onStroke(current.current);
      }}
      onPointerCancel={() => (last.current = null)}
      className="grid aspect-square w-full max-w-[256px] cursor-crosshair touch-none grid-cols-8 gap-px overflow-hidden rounded-control border border-line-strong bg-line select-none"
    >
      {pixels.map((ink, index) => (
        <span key={index} className="relative bg-bg">
          <span className="absolute inset-0 bg-text" style={{ opacity: ink / fullInk }} />
          {hasFocus && index === cursor && <span className="absolute inset-0 border-2 border-accent" />}
        </span>
      ))}
    </div>
  );
}
