"use client";

import { useState } from "react";
import type { RevisionView } from "@sluice/contracts";
import { judgeList } from "@/components/list-state.ts";
import { revisionLook } from "@/components/states.ts";
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
import { formatAge, formatMoment } from "@/format/time.ts";
import { DiffCard } from "./diff-card.tsx";
import { RollbackDialog } from "./rollback-dialog.tsx";

/** Every revision, newest first: who, when, why, what it gets, and the way back to it. */
export function RevisionList() {
  const name = useApplicationName();
  const application = useApplication(name).data;
  const revisions = useRevisions(name);
  const nowMs = useNow();
  const [rollingBackTo, setRollingBackTo] = useState<RevisionView | null>(null);
  const [compared, setCompared] = useState<number | null>(null);
  const items = revisions.data?.items ?? [];
  const state = judgeList(revisions, items.length);
  const shown = compared ?? items[0]?.number ?? null;

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
                  <Td>
                    <RevisionChip revision={revision.number} />
                    {revision.is_target && <span className="text-xs text-faint"> target</span>}
                  </Td>
                  <Td className="max-w-[320px] truncate">
                    {revision.message === "" ? <span className="text-faint">no message</span> : revision.message}
                  </Td>
                  <Td>
                    <StateBadge
                      plain
                      tone={revisionLook[revision.stage].tone}
                      word={revisionLook[revision.stage].word}
                      reason={
                        revision.stage_message === "" ? undefined : (
                          <p className="font-mono text-xs break-words whitespace-pre-wrap">{revision.stage_message}</p>
                        )
                      }
                    />
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
                      aria-pressed={shown === revision.number}
                      onClick={() => setCompared(revision.number)}
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
      {shown !== null && <DiffCard key={shown} application={name} revisions={items} to={shown} />}
      {application !== undefined && rollingBackTo !== null && (
        <RollbackDialog application={application} revision={rollingBackTo} onClose={() => setRollingBackTo(null)} />
      )}
    </div>
  );
}

function rollbackReason(revision: RevisionView): string | undefined {
  if (revision.is_target) return "This is the target revision already";
  return revision.stage === "describe_failed" ? "No node could make sense of its bundle, so it cannot run" : undefined;
}
