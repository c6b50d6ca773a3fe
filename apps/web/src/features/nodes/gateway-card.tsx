"use client";

import { judgeList } from "@/components/list-state.ts";
import { Card } from "@/components/ui/card.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useGateways } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { formatAge } from "@/format/time.ts";

/** Where users' requests come in. */
export function GatewayCard() {
  const query = useGateways();
  const gateways = query.data?.items ?? [];
  const state = judgeList(query, gateways.length);
  const nowMs = useNow();
  return (
    <Card title="Gateways" note="where requests come in" className="mt-3.5" flush>
      {state === "loading" ? (
        <SkeletonRows rows={1} columns={4} />
      ) : state === "refused" ? (
        <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(query.error)}</p>
      ) : state === "empty" ? (
        <p className="px-3.5 pb-3.5 text-dim">No gateway has connected to the controller yet.</p>
      ) : (
        <Table label="Gateways">
          <thead>
            <tr>
              <Th>Gateway</Th>
              <Th>State</Th>
              <Th>Address</Th>
              <Th numeric>Last seen</Th>
            </tr>
          </thead>
          <tbody>
            {gateways.map((gateway) => (
              <tr key={gateway.id}>
                <Td className="font-medium">{gateway.name}</Td>
                <Td>
                  <StateBadge
                    plain
                    tone={gateway.connected ? "ok" : "warn"}
                    word={gateway.connected ? "Connected" : "Not connected"}
                    reason={
                      gateway.connected
                        ? undefined
                        : "The controller does not hear from it. It goes on serving with the routes it last got."
                    }
                  />
                </Td>
                <Td className="font-mono text-xs text-dim">{gateway.address}</Td>
                <Td numeric className="text-dim">
                  {gateway.connected ? "now" : nowMs === 0 ? "" : formatAge(gateway.last_seen_at, nowMs)}
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
