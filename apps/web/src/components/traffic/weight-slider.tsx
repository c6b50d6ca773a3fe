"use client";

import { Slider } from "radix-ui";
import { Lock, LockOpen, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { revisionSeries } from "@/components/ui/series.ts";
import { formatPercent } from "@/format/numbers.ts";
import { readWeight, wholeTenths } from "./weights.ts";
import type { Weight } from "./weights.ts";

export interface WeightSliderProps {
  weight: Weight;
  /** What the revision is, e.g. its message. */
  note: string;
  /** Share of requests measured at the gateways, 0..100; null = no data. */
  observed: number | null;
  movable: boolean;
  removable: boolean;
  onMove: (tenths: number) => void;
  onLock: () => void;
  onRemove: () => void;
}

/** Arrow keys move by 1 %, with Shift by 10 %. The thin mark is the observed share. */
export function WeightSlider({
  weight,
  note,
  observed,
  movable,
  removable,
  onMove,
  onLock,
  onRemove,
}: WeightSliderProps) {
  const colour = revisionSeries(weight.revision);
  return (
    <div className="grid grid-cols-1 gap-1 py-1.5">
      <div className="flex items-center gap-1.5">
        <RevisionChip revision={weight.revision} />
        <span className="min-w-0 flex-1 truncate text-dim" title={note}>
          {note}
        </span>
        <Button
          look="quiet"
          size="iconSmall"
          aria-pressed={weight.locked}
          aria-label={weight.locked ? `Unlock r${weight.revision}` : `Lock r${weight.revision}`}
          title={weight.locked ? "Locked: other sliders do not move it" : "Lock this weight"}
          onClick={onLock}
        >
          {weight.locked ? <Lock className="text-text" /> : <LockOpen />}
        </Button>
        {removable && (
          <Button
            look="quiet"
            size="iconSmall"
            aria-label={`Take r${weight.revision} out of the split`}
            onClick={onRemove}
          >
            <X />
          </Button>
        )}
        <TypedWeight weight={weight} disabled={!movable} onMove={onMove} />
      </div>
      <Slider.Root
        value={[weight.tenths]}
        max={wholeTenths}
        step={10}
        disabled={!movable}
        onValueChange={([tenths]) => {
          if (tenths !== undefined) onMove(tenths);
        }}
        className="relative flex h-4 touch-none items-center data-[disabled]:opacity-60"
      >
        <Slider.Track className="relative h-1.5 grow rounded-[3px] bg-raise">
          <Slider.Range className="absolute h-full rounded-[3px]" style={{ background: colour }} />
          {observed !== null && (
            <span
              title={`Observed ${formatPercent(observed)}`}
              className="absolute -top-[3px] h-3 w-0.5 -translate-x-px rounded-full bg-text/60"
              style={{ left: `${observed}%` }}
            />
          )}
        </Slider.Track>
        <Slider.Thumb
          aria-label={`Weight of revision ${weight.revision}, percent`}
          aria-valuetext={formatPercent(weight.tenths / 10)}
          className="block size-4 rounded-full border-[3px] border-panel bg-text"
        />
      </Slider.Root>
    </div>
  );
}

function TypedWeight({
  weight,
  disabled,
  onMove,
}: {
  weight: Weight;
  disabled: boolean;
  onMove: (tenths: number) => void;
}) {
  const shown = formatPercent(weight.tenths / 10);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const commit = (): void => {
    const tenths = readWeight(text);
    if (tenths === undefined || tenths === weight.tenths) setText(shown);
    else onMove(tenths);
  };
  return (
    <input
      aria-label={`Weight of revision ${weight.revision}`}
      value={text}
      disabled={disabled}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
        if (event.key === "Escape") setText(shown);
      }}
      className="h-[22px] w-[62px] rounded-[6px] border border-line bg-transparent px-2 text-right hover:border-line-strong disabled:text-faint"
    />
  );
}
