"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import type { ApplicationView, RevisionView } from "@sluice/contracts";
import { judgeList } from "@/components/list-state.ts";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useApplication, useRevisions } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { useApplicationName } from "@/features/application/use-application-name.ts";
import { formatPercent } from "@/format/numbers.ts";
import { formatAge, formatCountdown, formatMoment } from "@/format/time.ts";
import { DiffCard } from "./diff-card.tsx";
import { pickCompared } from "./pick-compared.ts";
import { lookOfRevision } from "./revision-state.ts";
import { RollbackDialog } from "./rollback-dialog.tsx";

/** Every revision, newest first: who, when, why, what it gets, and the way back to it. */
export function RevisionList() {
  const name = useApplicationName();
  const application = useApplication(name).data;
  const revisions = useRevisions(name);
  const nowMs = useNow();
  const [rollingBackTo, setRollingBackTo] = useState<RevisionView | null>(null);
  const router = useRouter();
  const asked = useSearchParams();
  const items = revisions.data?.items ?? [];
  const state = judgeList(revisions, items.length);
  const numbers = items.map(({ number }) => number);
  const compared = pickCompared(numbers, { from: asked.get("from"), to: asked.get("to") });
  const compare = (to: number, from?: number): void =>
    router.replace(`?${new URLSearchParams({ ...(from === undefined ? {} : { from: `${from}` }), to: `${to}` })}`, {
      scroll: false,
    });

  return (
    <div className="grid grid-cols-1 gap-3.5">
      {revisions.isError && <Banner tone="bad">{sentenceOf(revisions.error)}</Banner>}
      <Card title="Revisions" note="a revision is never edited; every deploy makes a new one" flush>
        {state === "loading" ? (
          <SkeletonRows rows={3} columns={6} />
        ) : state === "refused" ? null : (
          <Table label="Revisions">
            <thead>
              <tr>
                <Th>Revision</Th>
                <Th>Message</Th>
                <Th>State</Th>
                <Th numeric>Traffic</Th>
                <Th>By</Th>
                <Th>When</Th>
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              </tr>
            </thead>
            <tbody>
              {items.map((revision) => (
                <tr key={revision.number}>
                  <Td className="whitespace-nowrap">
                    <RevisionChip revision={revision.number} />
                    {revision.is_target && <span className="text-xs text-faint"> target</span>}
                    <WarmBadge until={revision.warm_until} nowMs={nowMs} />
                  </Td>
                  <Td className="max-w-[320px] truncate">
                    {revision.message === "" ? <span className="text-faint">no message</span> : revision.message}
                  </Td>
                  <Td>
                    <RevisionState revision={revision} rollout={application?.rollout ?? null} nowMs={nowMs} />
                  </Td>
                  <Td numeric>
                    {revision.weight === 0 ? <span className="text-faint">none</span> : formatPercent(revision.weight)}
                  </Td>
                  <Td className="text-dim">{revision.created_by}</Td>
                  <Td className="whitespace-nowrap text-dim">
                    <time dateTime={revision.created_at} title={formatMoment(revision.created_at)}>
                      {nowMs === 0 ? "" : formatAge(revision.created_at, nowMs)}
                    </time>
                  </Td>
                  <Td className="text-right whitespace-nowrap">
                    <Button
                      look="quiet"
                      size="small"
                      aria-pressed={compared?.to === revision.number}
                      onClick={() => compare(revision.number)}
                    >
                      Changes
                    </Button>
                    <Button
                      className="ml-1.5"
                      size="small"
                      reason={rollbackReason(revision)}
                      onClick={() => setRollingBackTo(revision)}
                    >
                      Roll back…
                    </Button>
                  </Td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      {compared !== null && (
        <DiffCard
          application={name}
          revisions={items}
          from={compared.from}
          to={compared.to}
          onChoose={(from, to) => compare(to, from)}
        />
      )}
      {application !== undefined && rollingBackTo !== null && (
        <RollbackDialog application={application} revision={rollingBackTo} onClose={() => setRollingBackTo(null)} />
      )}
    </div>
  );
}

interface RevisionStateProps {
  revision: RevisionView;
  rollout: ApplicationView["rollout"];
  nowMs: number;
}

function RevisionState({ revision, rollout, nowMs }: RevisionStateProps) {
  const { tone, word, reason } = lookOfRevision(revision, rollout, nowMs);
  const text = reason === "" ? undefined : <p className="break-words whitespace-pre-wrap">{reason}</p>;
  return <StateBadge plain tone={tone} word={word} reason={text} />;
}

/** Its replicas still run: the way back takes no start. */
function WarmBadge({ until, nowMs }: { until: string | null; nowMs: number }) {
  if (until === null || nowMs === 0 || Date.parse(until) <= nowMs) return null;
  return (
    <span
      title={`Its replicas are kept until ${formatMoment(until)}: a rollback takes seconds`}
      className="ml-2 inline-flex h-[18px] items-center rounded-full whitespace-nowrap border border-accent/40 px-1.5 text-2xs text-dim"
    >
      warm, {formatCountdown(Date.parse(until) - nowMs)}
    </span>
  );
}

function rollbackReason(revision: RevisionView): string | undefined {
  if (revision.is_target) return "This is the target revision already";
  return revision.stage === "describe_failed" ? "No node could make sense of its bundle, so it cannot run" : undefined;
}
