"use client";

import type { NodeView } from "@sluice/contracts";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/data/use-now.ts";
import { plural } from "@/format/numbers.ts";
import { drainHindrance, lookOfNode, takesReplicas } from "./node-look.ts";
import { formatAge, formatStanding } from "@/format/time.ts";

/** Why it takes no replicas, how far a drain is, or that it was removed. */
export function NodeBanner({ node, onRemove }: { node: NodeView; onRemove: () => void }) {
  const nowMs = useNow();
  if (node.removed_at !== null) {
    return (
      <Banner tone="gone" className="mb-3.5">
        <span className="font-medium">It was removed{nowMs === 0 ? "" : ` ${formatAge(node.removed_at, nowMs)}`}.</span>{" "}
        <span className="text-dim">
          Its agent is refused. Let it join again with a new token, or take it back if it runs beside the controller.
        </span>
      </Banner>
    );
  }
  if (node.state === "unreachable") {
    return (
      <Banner tone="bad" className="mb-3.5">
        <span className="font-medium">{lookOfNode(node).reason}</span>{" "}
        <span className="text-dim">
          Each of its replicas is replaced where another node has room, and waits where none has. When it is back, what
          is left of them here is adopted or stopped. The numbers below are the last ones it sent.
        </span>
      </Banner>
    );
  }
  if (node.state === "ready" && !takesReplicas(node)) {
    return (
      <Banner tone="warn" className="mb-3.5">
        <span className="font-medium">It takes no replicas. {lookOfNode(node).reason}</span>{" "}
        <span className="text-dim">
          Its agent is connected, but requests would not reach a replica here. It takes some as soon as a gateway
          reaches it; nothing has to be done here then.
        </span>
      </Banner>
    );
  }
  if (node.drain === null) return null;
  const { replicas_left: left, since } = node.drain;
  const lasts = nowMs === 0 ? "" : ` for ${formatStanding(nowMs - Date.parse(since))}`;
  if (left === 0) {
    return (
      <Banner
        tone="ok"
        className="mb-3.5"
        action={
          <Button size="small" onClick={onRemove}>
            Remove…
          </Button>
        }
      >
        <span className="font-medium">Drained: no replica is left.</span>{" "}
        <span className="text-dim">It may be switched off, removed, or uncordoned to take replicas again.</span>
      </Banner>
    );
  }
  const hindrance = drainHindrance(node.reason);
  return (
    <Banner tone="busy" className="mb-3.5">
      <span className="font-medium">
        Draining{lasts}: {plural(left, "replica")} left.
      </span>{" "}
      {hindrance !== "" && <span className="wrap-anywhere">{hindrance} </span>}
      <span className="text-dim">
        Each is replaced elsewhere first and stops when its replacement is ready and it has finished what it runs. One
        that finds no room elsewhere stays.
      </span>
    </Banner>
  );
}
