"use client";

import { useLive } from "@/data/live.tsx";
import { useHealth, useNodes } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatAge } from "@/format/time.ts";
import { nodesText } from "./nodes-text.ts";

/** The cluster in two lines: what there is, and how fresh the screen is. */
export function ClusterFooter() {
  const health = useHealth();
  const nodes = useNodes();
  const live = useLive();
  const nowMs = useNow();
  const ready = nodes.data?.items.filter((node) => node.state === "ready") ?? [];
  const present = nodes.data?.items.filter((node) => node.state !== "gone").length ?? 0;
  const gpus = ready.reduce((sum, node) => sum + node.gpus.length, 0);
  const gpusFree = ready.reduce((sum, node) => sum + node.gpus.length - node.gpus_reserved, 0);
  const tone = toneOf(health.isError, health.data?.status, ready.length);
  return (
    <div className="mt-auto grid gap-1 border-t border-line px-[9px] pt-2 text-xs text-dim">
      <span className="flex items-center gap-2">
        <StateMark tone={tone} />
        {health.data === undefined && !health.isError
          ? "Connecting"
          : clusterText(health.isError, health.data?.controller.available, ready.length, present, gpus, gpusFree)}
        {health.data !== undefined && <span className="ml-auto text-faint">{health.data.version}</span>}
      </span>
      <span className="truncate text-faint">
        {live.connected
          ? "Live"
          : live.heardAtMs === null && health.dataUpdatedAt === 0
            ? "Opening the live stream"
            : "Polling every 2 s"}
        {health.dataUpdatedAt > 0 && nowMs > 0 && ` · updated ${formatAge(health.dataUpdatedAt, nowMs)}`}
      </span>
    </div>
  );
}

function toneOf(failed: boolean, status: string | undefined, nodes: number): Tone {
  if (failed) return "bad";
  if (status === undefined) return "gone";
  return status === "ok" && nodes > 0 ? "ok" : "warn";
}

function clusterText(
  failed: boolean,
  controller: boolean | undefined,
  ready: number,
  present: number,
  gpus: number,
  gpusFree: number,
): string {
  if (failed) return "No answer from the server";
  if (controller === false) return "No controller: changes wait";
  if (ready === 0) return "No node is ready";
  const nodes = nodesText(ready, present);
  return gpus > 0 ? `${nodes} · ${gpusFree} of ${gpus} GPUs free` : nodes;
}
