"use client";

import type { NodeView } from "@sluice/contracts";
import { nodeLook } from "@/components/states.ts";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { useNow } from "@/data/use-now.ts";
import { formatAge, formatDuration } from "@/format/time.ts";

/** State with since when; opens the reason. What was asked for and is not in force yet says so. */
export function NodeState({ node, plain = false }: { node: NodeView; plain?: boolean }) {
  const nowMs = useNow();
  const look = node.removed_at === null ? nodeLook[node.state] : ({ tone: "gone", word: "Removed" } as const);
  const since = node.removed_at ?? node.state_since;
  const pending = pendingWord(node);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <StateBadge
        plain={plain}
        tone={look.tone}
        word={look.word}
        reason={
          node.state === "ready" && node.removed_at === null ? undefined : (
            <>
              <p className="text-text">{node.reason === "" ? "No reason was given." : node.reason}</p>
              {node.last_heartbeat_at !== null && nowMs > 0 && (
                <p className="mt-1 text-xs">Last heartbeat {formatAge(node.last_heartbeat_at, nowMs)}</p>
              )}
            </>
          )
        }
      />
      <span className="text-xs whitespace-nowrap text-faint">
        {nowMs === 0 ? "" : `for ${formatDuration(nowMs - Date.parse(since))}`}
        {pending !== "" && `, ${pending}`}
      </span>
    </span>
  );
}

/** The controller follows as soon as it can; a node that cannot be reached waits with it. */
function pendingWord({ scheduling, state, removed_at: removedAt }: NodeView): string {
  if (removedAt !== null) return "";
  if (scheduling === "draining" && state !== "draining") return "to be drained";
  if (scheduling === "cordoned" && state !== "cordoned") return "to be cordoned";
  return "";
}
