"use client";

import type { NodeView } from "@sluice/contracts";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { useNow } from "@/data/use-now.ts";
import { formatAge, formatStanding } from "@/format/time.ts";
import { lookOfNode } from "./node-look.ts";

/** State with since when; opens the reason. What was asked for and is not in force yet says so. */
export function NodeState({ node, plain = false }: { node: NodeView; plain?: boolean }) {
  const nowMs = useNow();
  const look = lookOfNode(node);
  const since = node.removed_at ?? node.state_since;
  const pending = pendingWord(node);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <StateBadge
        plain={plain}
        tone={look.tone}
        word={look.word}
        reason={
          look.tone === "ok" ? undefined : (
            <>
              <p className="text-text">{look.reason}</p>
              {node.last_heartbeat_at !== null && nowMs > 0 && (
                <p className="mt-1 text-xs">Last heartbeat {formatAge(node.last_heartbeat_at, nowMs)}</p>
              )}
            </>
          )
        }
      />
      <span className="text-xs whitespace-nowrap text-faint">
        {nowMs === 0 ? "" : `for ${formatStanding(nowMs - Date.parse(since))}`}
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
