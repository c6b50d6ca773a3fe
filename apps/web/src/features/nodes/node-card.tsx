"use client";

import Link from "next/link";
import type { NodeView, ReplicaView } from "@sluice/contracts";
import { nodeLook, replicaLook } from "@/components/states.ts";
import { Card } from "@/components/ui/card.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { useNow } from "@/data/use-now.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { formatBytes, formatNumber, formatPercent, plural } from "@/format/numbers.ts";
import { formatAge } from "@/format/time.ts";

/** One node: what it has, what is promised, what is used, and what runs there (undefined = not known yet). */
export function NodeCard({ node, replicas }: { node: NodeView; replicas: readonly ReplicaView[] | undefined }) {
  const nowMs = useNow();
  const look = nodeLook[node.state];
  const live = replicas?.filter((replica) => replica.stage !== "stopped" && replica.stage !== "failed");
  const heartbeat = node.last_heartbeat_at === null || nowMs === 0 ? "" : formatAge(node.last_heartbeat_at, nowMs);
  return (
    <div id={node.id} className="scroll-mt-4">
      <Card
        title={node.name}
        note={[node.hostname === node.name ? "" : node.hostname, node.platform, node.agent_version]
          .filter(Boolean)
          .join(" · ")}
        actions={
          <StateBadge
            tone={look.tone}
            word={look.word}
            reason={
              node.state === "ready" ? undefined : (
                <>
                  <p className="text-text">{node.reason === "" ? "No reason was given." : node.reason}</p>
                  {heartbeat !== "" && <p className="mt-1 text-xs">Last heartbeat {heartbeat}</p>}
                </>
              )
            }
          />
        }
      >
        <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-2 xl:grid-cols-4">
          <Resource
            label="CPU reserved"
            value={`${formatNumber(node.cpus_reserved)} of ${formatNumber(node.cpus)}`}
            used={node.cpus_reserved}
            total={node.cpus}
            note="by replicas"
          />
          <Resource
            label="CPU used"
            value={formatPercent(node.cpu_percent)}
            used={node.cpu_percent}
            total={100}
            note="of all CPUs, now"
          />
          <Resource
            label="Memory used"
            value={
              node.memory_used_bytes === null
                ? "no data"
                : `${formatBytes(node.memory_used_bytes)} of ${formatBytes(node.memory_bytes)}`
            }
            used={node.memory_used_bytes}
            total={node.memory_bytes}
            note="whole machine, now"
          />
          {node.gpus.length === 0 ? (
            <div>
              <dt className="text-xs text-dim">GPUs</dt>
              <dd className="mt-1 text-faint">none found</dd>
            </div>
          ) : (
            <Resource
              label="GPUs reserved"
              value={`${formatNumber(node.gpus_reserved)} of ${node.gpus.length}`}
              used={node.gpus_reserved}
              total={node.gpus.length}
              note={node.gpus.map((gpu) => gpu.name).join(", ")}
            />
          )}
        </dl>
        <div className="mt-4 border-t border-line pt-2.5">
          <p className="mb-1.5 text-xs text-faint">
            {live === undefined ? "Replicas are being read" : plural(live.length, "replica")}
            {heartbeat !== "" && ` · heartbeat ${heartbeat}`} ·{" "}
            {node.data_address === "local" ? "reached over Unix sockets" : node.data_address}
          </p>
          <ul className="flex flex-wrap gap-1.5">
            {live?.map((replica) => (
              <li key={replica.id}>
                <Link
                  href={applicationPath(replica.application)}
                  className="inline-flex h-[22px] items-center gap-1.5 rounded-full border border-line px-2 text-xs text-dim hover:border-line-strong hover:text-text"
                  title={`${replica.id}: ${replicaLook[replica.stage].word}`}
                >
                  <StateMark tone={replicaLook[replica.stage].tone} />
                  <span className="sr-only">{replicaLook[replica.stage].word}</span>
                  {replica.application}/{replica.deployment}
                  {replica.rss_bytes !== null && <span className="text-faint">{formatBytes(replica.rss_bytes)}</span>}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      </Card>
    </div>
  );
}

function Resource({
  label,
  value,
  used,
  total,
  note,
}: {
  label: string;
  value: string;
  used: number | null;
  total: number;
  note: string;
}) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-dim">{label}</dt>
      <dd className="mt-0.5">
        <span className={value === "no data" ? "text-faint" : "font-medium"}>{value}</span>
        <Meter label={label} used={used ?? 0} total={total} className="my-1.5" />
        <span className="block truncate text-2xs text-faint" title={note}>
          {note}
        </span>
      </dd>
    </div>
  );
}
