"use client";

import Link from "next/link";
import { useState } from "react";
import type { NodeView, ReplicaView } from "@sluice/contracts";
import { judgeList } from "@/components/list-state.ts";
import type { ListQuery } from "@/components/list-state.ts";
import { ReplicaStages } from "@/components/replicas/replica-stages.tsx";
import { ReplicaState } from "@/components/replicas/replica-state.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useNodes } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { lookOfNode } from "@/features/node/node-look.ts";
import { formatBytes, formatNumber, plural, shortHash } from "@/format/numbers.ts";
import { formatAge } from "@/format/time.ts";

export interface ReplicaTableProps {
  query: ListQuery & { readonly error: unknown };
  replicas: readonly ReplicaView[];
  /** Stopped and failed ones; folded. */
  ended?: readonly ReplicaView[];
  note: string;
  empty: string;
  /** Name of the application and deployment in a column of its own. */
  showOwner?: boolean;
}

/** Every replica with its state, revisions, members by rank with node and GPUs, and load. */
export function ReplicaTable({ query, replicas, ended = [], note, empty, showOwner = false }: ReplicaTableProps) {
  const nowMs = useNow();
  const [showsEnded, setShowsEnded] = useState(false);
  const nodes = useNodes().data?.items ?? [];
  const shown = showsEnded ? [...replicas, ...ended] : replicas;
  const state = judgeList(query, shown.length);
  return (
    <Card title="Replicas" note={note} flush>
      {state === "loading" && <SkeletonRows rows={2} columns={6} />}
      {state === "refused" && <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(query.error)}</p>}
      {state === "empty" && <p className="px-3.5 pb-3.5 text-dim">{empty}</p>}
      {state === "filled" && (
        <Table label="Replicas">
          <thead>
            <tr>
              <Th>Replica</Th>
              {showOwner && <Th>Deployment</Th>}
              <Th>State</Th>
              <Th>Revision</Th>
              <Th>Members: node and GPUs</Th>
              <Th
                numeric
                title="Requests that its process worked on when it answered its last health check, up to health_check_period_s ago. The autoscaler measures anew all the time, with those that wait."
              >
                Ongoing at last check
              </Th>
              <Th numeric>Memory</Th>
              <Th numeric>Since</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((replica) => (
              <Row key={replica.id} replica={replica} nowMs={nowMs} showOwner={showOwner} nodes={nodes} />
            ))}
          </tbody>
        </Table>
      )}
      {ended.length > 0 && (
        <div className="border-t border-line px-2 py-1.5">
          <Button look="quiet" size="small" aria-expanded={showsEnded} onClick={() => setShowsEnded(!showsEnded)}>
            {showsEnded ? "Hide" : "Show"} {plural(ended.length, "ended replica")}
          </Button>
        </div>
      )}
    </Card>
  );
}

const starting = new Set<string>(["assigned", "preparing", "starting", "loading"]);

interface RowProps {
  replica: ReplicaView;
  nowMs: number;
  showOwner: boolean;
  nodes: readonly NodeView[];
}

function Row({ replica, nowMs, showOwner, nodes }: RowProps) {
  const since = replica.stage_times[replica.stage];
  return (
    <tr>
      <Td className="font-mono text-xs whitespace-nowrap" title={replica.id}>
        {replica.id.slice(-8)}
      </Td>
      {showOwner && (
        <Td>
          <Link
            className="hover:underline"
            href={`/applications/${encodeURIComponent(replica.application)}/deployments/${encodeURIComponent(replica.deployment)}`}
          >
            {replica.application}/{replica.deployment}
          </Link>
        </Td>
      )}
      <Td>
        <ReplicaState replica={replica} nowMs={nowMs} />
        {replica.stage === "failed" && replica.message !== "" && (
          <p className="max-w-[360px] min-w-[220px] text-xs wrap-anywhere text-faint">{replica.message}</p>
        )}
        {starting.has(replica.stage) && (
          <div className="mt-1 w-[272px]">
            <ReplicaStages replica={replica} nowMs={nowMs} />
          </div>
        )}
      </Td>
      <Td>
        <span className="inline-flex flex-wrap gap-x-2.5">
          {replica.revisions.map((revision) => (
            <RevisionChip key={revision} revision={revision} />
          ))}
        </span>
      </Td>
      <Td className="text-dim">
        <Members replica={replica} nodes={nodes} />
      </Td>
      <Td numeric>{formatNumber(replica.ongoing)}</Td>
      <Td numeric className="text-dim">
        {formatBytes(replica.rss_bytes)}
      </Td>
      <Td numeric className="text-dim">
        {since === undefined || nowMs === 0 ? "" : formatAge(since, nowMs)}
      </Td>
    </tr>
  );
}

/** A plain replica is one process; a gang has one per rank. */
function Members({ replica, nodes }: { replica: ReplicaView; nodes: readonly NodeView[] }) {
  if (replica.members.length === 0) return <span className="text-faint">no node yet</span>;
  return (
    <ul className="grid gap-0.5 py-0.5">
      {replica.members.map((member) => (
        <li key={member.rank} className="flex flex-wrap items-baseline gap-x-2">
          {replica.members.length > 1 && <span className="text-xs text-faint">rank {member.rank}</span>}
          <Link href={`/nodes/${encodeURIComponent(member.node_id)}`} className="hover:text-text hover:underline">
            {member.node_name}
          </Link>
          <NodeTrouble node={nodes.find(({ id }) => id === member.node_id)} stage={replica.stage} />
          {member.gpu_uuids.map((uuid) => (
            <span key={uuid} title={uuid} className="font-mono text-2xs text-faint">
              {shortHash(uuid)}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** Where a replica stands on a node that it is to leave, or that is lost: the word of the node's state. */
function NodeTrouble({ node, stage }: { node: NodeView | undefined; stage: ReplicaView["stage"] }) {
  if (node === undefined || stage === "stopped" || stage === "failed") return null;
  const isLeaving = node.state === "draining";
  if (!isLeaving && node.state !== "unreachable" && node.state !== "gone") return null;
  const look = lookOfNode(node);
  return (
    <span className="inline-flex items-baseline gap-1 text-2xs text-faint" title={look.reason}>
      <StateMark tone={look.tone} />
      {isLeaving ? "node drains: replaced elsewhere first" : `node ${look.word.toLowerCase()}`}
    </span>
  );
}
