"use client";

import type { ReplicaStage } from "@sluice/domain";
import type { ReplicaView } from "@sluice/contracts";
import { cn } from "@/components/ui/cn.ts";
import { formatDuration, formatMoment } from "@/format/time.ts";
import { stageSteps } from "./stage-steps.ts";

/** assigned, preparing, starting, loading, ready: how long each took, and which one runs. */
export function ReplicaStages({ replica, nowMs }: { replica: ReplicaView; nowMs: number }) {
  return (
    <ol className="grid grid-cols-5 gap-1" aria-label={`Stages of ${replica.id}`}>
      {stageSteps(replica, nowMs).map((step) => (
        <li
          key={step.stage}
          title={step.atMs === null ? undefined : formatMoment(step.atMs)}
          className={cn(
            "border-t-2 pt-1 text-2xs leading-[15px]",
            step.state === "done" && "border-ok text-dim",
            step.state === "running" && "border-accent text-text",
            step.state === "failed" && "border-bad text-text",
            step.state === "waiting" && "border-line text-faint",
          )}
        >
          <span className={cn("block truncate", step.state === "running" && "font-medium")}>{wordOf(step.stage)}</span>
          <span className="block text-faint">{timeText(step.state, step.durationMs)}</span>
        </li>
      ))}
    </ol>
  );
}

function wordOf(stage: ReplicaStage): string {
  return stage.charAt(0).toUpperCase() + stage.slice(1);
}

function timeText(state: string, durationMs: number | null): string {
  if (durationMs === null) return state === "waiting" ? "–" : "";
  return state === "running" ? `${formatDuration(durationMs)} …` : formatDuration(durationMs);
}
