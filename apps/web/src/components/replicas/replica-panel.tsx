"use client";

import { useState } from "react";
import type { ReplicaView } from "@sluice/contracts";
import { judgeList } from "@/components/list-state.ts";
import type { ListQuery, ListState } from "@/components/list-state.ts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useNow } from "@/data/use-now.ts";
import { formatBytes, formatNumber, plural } from "@/format/numbers.ts";
import { formatAge } from "@/format/time.ts";
import { ReplicaStages } from "./replica-stages.tsx";
import { ReplicaState } from "./replica-state.tsx";

const starting = new Set(["pending", "assigned", "preparing", "starting", "loading"]);

export interface ReplicaPanelProps {
  query: ListQuery & { readonly error: unknown; readonly data: { readonly items: readonly ReplicaView[] } | undefined };
  wanted: number;
}

/** Every replica with its stage; those that start show each stage with its time. */
export function ReplicaPanel({ query, wanted }: ReplicaPanelProps) {
  const replicas = query.data?.items ?? [];
  const nowMs = useNow();
  const [showEnded, setShowEnded] = useState(false);
  // Those that serve nothing any more come after those that do, as soon as a rollback has turned them around.
  const live = replicas
    .filter((replica) => replica.stage !== "stopped" && replica.stage !== "failed")
    .sort((a, b) => Number(a.warm_until !== null) - Number(b.warm_until !== null));
  const ended = replicas.filter((replica) => replica.stage === "stopped" || replica.stage === "failed");
  const warm = live.filter((replica) => replica.warm_until !== null).length;
  const ready = live.filter((replica) => replica.stage === "ready" && replica.warm_until === null).length;
  const recentFailures = live.length === 0 ? ended.slice(0, 1) : [];
  const rows = [...live, ...(showEnded ? ended : recentFailures)];
  const state = judgeList(query, rows.length);
  return (
    <Card title="Replicas" note={noteOf(state, { wanted, live: live.length, ready, warm })} flush>
      {state === "loading" && <SkeletonRows rows={Math.min(3, Math.max(1, wanted))} columns={2} />}
      {state === "refused" && <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(query.error)}</p>}
      {state === "empty" && (
        <p className="px-3.5 pb-3.5 text-dim">No replica runs. The application&apos;s state and its events say why.</p>
      )}
      <ul className="divide-y divide-line">
        {rows.map((replica) => (
          <ReplicaRow key={replica.id} replica={replica} nowMs={nowMs} />
        ))}
      </ul>
      {ended.length > recentFailures.length && (
        <div className="border-t border-line px-2 py-1.5">
          <Button look="quiet" size="small" onClick={() => setShowEnded(!showEnded)} aria-expanded={showEnded}>
            {showEnded ? "Hide" : "Show"} {plural(ended.length, "ended replica")}
          </Button>
        </div>
      )}
    </Card>
  );
}

function noteOf(state: ListState, count: { wanted: number; live: number; ready: number; warm: number }): string {
  if (state === "loading" || state === "refused") return "";
  if (count.wanted === 0 && count.live === 0) return "none wanted";
  return `${count.ready} ready of ${count.wanted}${count.warm > 0 ? `, ${count.warm} kept warm` : ""}`;
}

function ReplicaRow({ replica, nowMs }: { replica: ReplicaView; nowMs: number }) {
  const enteredAt = replica.stage_times[replica.stage];
  const isStarting = starting.has(replica.stage);
  return (
    <li className="px-3.5 py-2">
      <div className="flex min-h-[22px] items-center gap-2">
        <ReplicaState replica={replica} nowMs={nowMs} />
        <span className="min-w-0 truncate text-dim" title={replica.id}>
          {replica.deployment} <span className="font-mono text-2xs text-faint">{replica.id.slice(-6)}</span>
        </span>
        <span className="ml-auto text-xs whitespace-nowrap text-faint">
          {replica.stage === "ready" ? (
            <span title="requests it worked on at its last health check">
              <span className="text-text">{formatNumber(replica.ongoing)}</span> ongoing
            </span>
          ) : (
            enteredAt !== undefined && nowMs > 0 && formatAge(enteredAt, nowMs)
          )}
        </span>
      </div>
      {(isStarting || replica.stage === "failed") && (
        <div className="mt-1.5">
          <ReplicaStages replica={replica} nowMs={nowMs} />
        </div>
      )}
      {replica.stage === "ready" && <ReadyFacts replica={replica} />}
      {!isStarting && replica.stage !== "ready" && replica.message !== "" && (
        <p className="mt-1 text-xs wrap-anywhere text-faint">{replica.message}</p>
      )}
      {replica.stage === "pending" && replica.message !== "" && (
        <p className="mt-1.5 text-xs wrap-anywhere text-dim">{replica.message}</p>
      )}
    </li>
  );
}

function ReadyFacts({ replica }: { replica: ReplicaView }) {
  const readyAt = replica.stage_times.ready;
  const coldStart = readyAt === undefined ? null : Date.parse(readyAt) - Date.parse(replica.created_at);
  const nodes = [...new Set(replica.members.map(({ node_name: name }) => name))];
  const facts = [
    nodes.length > 1 ? `${replica.members.length} members on ${nodes.join(", ")}` : (replica.node_name ?? ""),
    replica.pid === null ? "" : `pid ${replica.pid}`,
    replica.rss_bytes === null ? "" : formatBytes(replica.rss_bytes),
    coldStart === null ? "" : `ready in ${(coldStart / 1000).toFixed(1)} s`,
  ].filter(Boolean);
  return <p className="truncate text-xs text-faint">{facts.join(" · ")}</p>;
}
