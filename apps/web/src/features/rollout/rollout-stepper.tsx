"use client";

import { cn } from "@/components/ui/cn.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatMoment, formatStanding, formatTook } from "@/format/time.ts";
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
    <ol aria-label="Steps of the rollout" className="grid gap-x-1.5 sm:grid-cols-5">
      {steps.map(({ name, state, atMs, durationMs }) => (
        <li
          key={name}
          aria-current={state === "running" || state === "paused" ? "step" : undefined}
          title={atMs === null ? undefined : formatMoment(atMs)}
          // On a phone a line each with its time at the right, on a desk a column each.
          className={cn(
            "flex items-baseline justify-between gap-2 border-l-2 py-0.5 pl-2.5 sm:block sm:border-t-2 sm:border-l-0 sm:pt-1.5 sm:pb-0 sm:pl-0",
            look[state].edge,
          )}
        >
          <span
            className={cn(
              "flex items-center gap-1.5",
              state === "waiting" ? "text-faint" : "text-text",
              state === "running" && "font-medium",
            )}
          >
            <StateMark tone={look[state].tone} />
            <span className="truncate">{wordOf(name, inSteps)}</span>
            <span className="sr-only">{look[state].word}</span>
          </span>
          <span className="block text-xs whitespace-nowrap text-faint sm:pl-[15px]">{timeText(state, durationMs)}</span>
        </li>
      ))}
    </ol>
  );
}

/** In steps requests move along with the replicas; what is left moves at the end. */
function wordOf(name: RolloutStep["name"], inSteps: boolean): string {
  if (inSteps && name === "starting") return "Replace in steps";
  return inSteps && name === "switching" ? "Move the rest" : words[name];
}

function timeText(state: RolloutStep["state"], durationMs: number | null): string {
  if (state === "waiting") return "–";
  // Without a trace of what happened in it: its replicas are not listed any more.
  if (durationMs === 0) return "";
  if (durationMs === null) return state === "paused" ? "paused" : "";
  return state === "running" ? `${formatStanding(durationMs)} …` : formatTook(durationMs);
}
