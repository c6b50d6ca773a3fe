"use client";

import Link from "next/link";
import type { DeploymentView, ReplicaView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { useNow } from "@/data/use-now.ts";
import { withCode } from "@/features/new-application/form-row.tsx";
import { formatBytes, formatNumber, plural } from "@/format/numbers.ts";
import { formatDuration } from "@/format/time.ts";
import { suggestionPath } from "./deployment-path.ts";
import type { Suggestion } from "./deployment-path.ts";
import { findWaiting } from "./refused-nodes.ts";

/** Why replicas wait for room: each node with its reason and what would help. Nothing when none waits. */
export function PlacementPanel({
  deployment,
  replicas,
  takesTurns,
}: {
  deployment: DeploymentView;
  replicas: readonly ReplicaView[];
  /** An update in steps goes on: whoever waits may get the room of an old replica. */
  takesTurns: boolean;
}) {
  const nowMs = useNow();
  const waiting = findWaiting(replicas);
  if (waiting === null) return null;
  const { suggestion } = waiting;
  return (
    <Card
      title={
        <span className="inline-flex items-center gap-2">
          <StateMark tone={takesTurns ? "busy" : "warn"} />
          {waiting.count === 1 ? "1 replica waits" : `${waiting.count} replicas wait`} for room
        </span>
      }
      label="Placement"
      note={
        nowMs === 0 ? "" : `for ${formatDuration(nowMs - Date.parse(waiting.since))}; placed as soon as room appears`
      }
      actions={
        suggestion !== null && (
          <Button asChild size="small">
            <Link href={suggestionPath(deployment.application, deployment.name, suggestion)}>
              Deploy with {suggestionText(suggestion)}
            </Link>
          </Button>
        )
      }
      flush
    >
      <Table label={`Nodes that refuse ${deployment.name}`}>
        <thead>
          <tr>
            <Th>Node</Th>
            <Th>Why it refuses</Th>
            <Th>What helps</Th>
          </tr>
        </thead>
        <tbody>
          {waiting.refusals.map((refusal) => (
            <tr key={refusal.node_id}>
              <Td className="font-medium whitespace-nowrap">
                <Link href={`/nodes/${encodeURIComponent(refusal.node_id)}`} className="hover:underline">
                  {refusal.node_name}
                </Link>
              </Td>
              <Td className="min-w-[200px] text-dim">{withCode(refusal.reason)}</Td>
              <Td className="min-w-[160px] text-dim">
                {refusal.advice === null && refusal.suggestion === null ? (
                  <span className="text-faint">nothing short of other room</span>
                ) : (
                  <>
                    {refusal.advice !== null && withCode(refusal.advice)}
                    {refusal.suggestion !== null && (
                      <Link
                        className="ml-1.5 text-accent hover:underline"
                        href={suggestionPath(deployment.application, deployment.name, refusal.suggestion)}
                      >
                        Use {suggestionText(refusal.suggestion)}
                      </Link>
                    )}
                  </>
                )}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {takesTurns && (
        <p className="border-t border-line px-3.5 py-2 text-xs text-dim">
          The update goes in steps: an old replica gives up its room for a new one. These are the reasons until then.
        </p>
      )}
      <p className="border-t border-line px-3.5 py-2 text-xs text-faint">
        {plural(waiting.refusals.length, "node")} looked at.
        {suggestion !== null && " Another value makes a new revision; its plan is shown before anything is deployed."}
      </p>
    </Card>
  );
}

export function suggestionText({ option, value }: Suggestion): string {
  return `${option} ${option === "memory" ? formatBytes(value) : formatNumber(value)}`;
}
