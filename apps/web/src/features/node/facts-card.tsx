"use client";

import type { NodeView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { useNow } from "@/data/use-now.ts";
import { formatAge } from "@/format/time.ts";

/** What it is and how it is reached. */
export function FactsCard({ node }: { node: NodeView }) {
  const nowMs = useNow();
  const heartbeat =
    node.last_heartbeat_at === null ? "none yet" : nowMs === 0 ? "" : formatAge(node.last_heartbeat_at, nowMs);
  const rows = [
    ["Id", node.id],
    ["Host name", node.hostname],
    ["Platform", node.platform],
    ["Agent", node.agent_version],
    ["Reached over", node.data_address === "local" ? "Unix sockets of this machine" : node.data_address],
    ["Heartbeat", heartbeat],
  ] as const;
  return (
    <Card title="Facts">
      <dl className="grid gap-1 text-xs">
        {rows.map(([name, value]) => (
          <div key={name} className="flex items-baseline justify-between gap-3">
            <dt className="text-faint">{name}</dt>
            <dd className="min-w-0 text-right wrap-anywhere text-dim">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
