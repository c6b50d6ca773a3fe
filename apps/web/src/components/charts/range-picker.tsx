"use client";

import { Popover } from "radix-ui";
import { ChevronDown } from "lucide-react";
import { useState } from "react";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/components/ui/cn.ts";
import { Input } from "@/components/ui/input.tsx";
import { describeTimeRange, parseTimeRange, presetRanges, printTimeRange } from "@/format/time-range.ts";
import type { TimeRange } from "@/format/time-range.ts";

/** Presets and a typed range. The chosen one is in the URL. */
export function RangePicker({ range, onChange }: { range: TimeRange; onChange: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  const choose = (text: string): void => {
    onChange(text);
    setOpen(false);
  };
  const label = describeTimeRange(range);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <Button aria-label={`Time range: ${label}`}>
          {label.charAt(0).toUpperCase() + label.slice(1)} <ChevronDown className="text-faint" />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          className="z-50 w-[280px] animate-appear-up rounded-card border border-line-strong bg-panel p-2.5"
        >
          <div className="grid grid-cols-5 gap-1">
            {presetRanges.map((preset) => (
              <button
                key={preset}
                type="button"
                onClick={() => choose(preset)}
                className={cn(
                  "h-7 rounded-[6px] text-xs text-dim hover:bg-raise hover:text-text",
                  printTimeRange(range) === preset && "bg-raise font-medium text-text",
                )}
              >
                {preset}
              </button>
            ))}
          </div>
          <TypedRange initial={printTimeRange(range)} onChoose={choose} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function TypedRange({ initial, onChoose }: { initial: string; onChoose: (text: string) => void }) {
  const [text, setText] = useState(initial);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const answer = parseTimeRange(text);
    if ("problem" in answer) setProblem(answer.problem);
    else onChoose(printTimeRange(answer));
  };
  return (
    <form onSubmit={submit} className="mt-2 grid gap-1.5 border-t border-line pt-2.5">
      <label htmlFor="typed-range" className="text-xs text-dim">
        Typed, for example 13h or 2026-03-01T12:00/2026-03-01T13:00
      </label>
      <div className="flex gap-1.5">
        <Input
          id="typed-range"
          value={text}
          onChange={(event) => setText(event.target.value)}
          aria-invalid={problem !== null}
          aria-describedby="typed-range-problem"
        />
        <Button type="submit">Show</Button>
      </div>
      <p id="typed-range-problem" role="alert" className="text-xs text-bad empty:hidden">
        {problem}
      </p>
      <p className="text-2xs text-faint">
        Times are {Intl.DateTimeFormat().resolvedOptions().timeZone}.
        <span className="touch:hidden"> Drag on a chart to zoom in, double click to zoom out.</span>
      </p>
    </form>
  );
}
