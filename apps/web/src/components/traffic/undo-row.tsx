"use client";

import { Undo2 } from "lucide-react";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/data/use-now.ts";
import { formatPercent } from "@/format/numbers.ts";
import type { UndoableChange } from "./use-traffic-change.ts";

/** The way back after a change of the split, with the time it stays open. */
export function UndoRow({ change, busy, onUndo }: { change: UndoableChange; busy: boolean; onUndo: () => void }) {
  const nowMs = useNow(500);
  const leftS = Math.max(0, Math.ceil((change.untilMs - (nowMs === 0 ? Date.now() : nowMs)) / 1000));
  const before = change.beforeWeights
    .filter((weight) => weight.tenths > 0)
    .map((weight) => `r${weight.revision} ${formatPercent(weight.tenths / 10)}`)
    .join(", ")
    .replaceAll(" %", "\u00a0%");
  return (
    <div
      role="status"
      className="mt-3 flex animate-appear items-center gap-2 rounded-control border border-line bg-raise px-2.5 py-1.5 text-xs text-dim"
    >
      <span className="min-w-0 flex-1">
        Applied. Before: {change.before === null ? `the target revision (${before})` : before}
      </span>
      <Button
        size="small"
        onClick={onUndo}
        reason={busy ? "Being sent" : undefined}
        title="Put the previous split back"
      >
        <Undo2 /> Undo
        <span aria-hidden className="min-w-[26px] text-right text-faint">
          {leftS} s
        </span>
      </Button>
    </div>
  );
}
