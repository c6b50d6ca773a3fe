"use client";

import { cn } from "@/components/ui/cn.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatDuration, formatMoment } from "@/format/time.ts";
import type { RolloutStep } from "./rollout-steps.ts";

const words = {
  describing: "Inspect code",
  starting: "Start replicas",
  switching: "Move requests",
  draining: "Drain old",
  completed: "Done",
} as const;

const look: Readonly<
  Record<RolloutStep["state"], { readonly tone: Tone; readonly edge: string; readonly word: string }>
> = {
  done: { tone: "ok", edge: "border-ok", word: "done" },
  running: { tone: "busy", edge: "border-accent", word: "under way" },
  paused: { tone: "warn", edge: "border-warn", word: "paused" },
  failed: { tone: "bad", edge: "border-bad", word: "failed" },
  waiting: { tone: "gone", edge: "border-line", word: "to come" },
};

/** Five steps from left to right; the time of each under its name. */
export function RolloutStepper({ steps, inSteps }: { steps: readonly RolloutStep[]; inSteps: boolean }) {
  return (
    <ol aria-label="Steps of the rollout" className="grid grid-cols-2 gap-x-1.5 gap-y-2 sm:grid-cols-5">
      {steps.map(({ name, state, atMs, durationMs }) => (
        <li
          key={name}
          aria-current={state === "running" || state === "paused" ? "step" : undefined}
          title={atMs === null ? undefined : formatMoment(atMs)}
          className={cn("border-t-2 pt-1.5", look[state].edge)}
        >
          <span
            className={cn(
              "flex items-center gap-1.5",
              state === "waiting" ? "text-faint" : "text-text",
              state === "running" && "font-medium",
            )}
          >
            <StateMark tone={look[state].tone} />
            <span className="truncate">{name === "starting" && inSteps ? "Replace in steps" : words[name]}</span>
            <span className="sr-only">{look[state].word}</span>
          </span>
          <span className="block pl-[15px] text-xs text-faint">{timeText(state, durationMs)}</span>
        </li>
      ))}
    </ol>
  );
}

function timeText(state: RolloutStep["state"], durationMs: number | null): string {
  if (state === "waiting") return "–";
  if (durationMs === null) return state === "paused" ? "paused" : "";
  return state === "running" ? `${formatDuration(durationMs)} …` : formatDuration(durationMs);
}
