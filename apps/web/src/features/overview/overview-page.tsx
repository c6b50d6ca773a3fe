"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import type { ApplicationSummary } from "@sluice/contracts";
import { EventFeed } from "@/components/events/event-feed.tsx";
import { judgeList } from "@/components/list-state.ts";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useApplications, useEvents } from "@/data/queries.ts";
import { ApplicationTable } from "@/features/applications/application-table.tsx";
import { NoApplications } from "@/features/applications/no-applications.tsx";
import { AttentionList } from "./attention-list.tsx";
import { ClusterFigures } from "./cluster-figures.tsx";

/** Is all well, and if not, what is not. */
export function OverviewPage() {
  const applications = useApplications();
  const events = useEvents({ limit: shownAtMost });
  const items = applications.data?.items ?? [];
  const state = judgeList(applications, items.length);
  const isEmpty = state === "empty";
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          !isEmpty && (
            <Button asChild look="primary">
              <Link href="/applications/new">
                <Plus aria-hidden /> New application
              </Link>
            </Button>
          )
        }
      />
      <ClusterFigures />
      {isEmpty ? (
        <div className="rounded-card border border-line bg-panel">
          <NoApplications />
        </div>
      ) : (
        <div className="grid items-start gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_420px]">
          <div className="grid min-w-0 gap-3.5">
            <Card title="Needs attention" flush>
              <AttentionList />
            </Card>
            <Card
              title="Applications"
              flush
              actions={
                <Link href="/applications" className="text-xs text-faint hover:text-text">
                  All applications
                </Link>
              }
            >
              {state === "refused" ? (
                <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(applications.error)}</p>
              ) : state === "loading" ? (
                <SkeletonRows columns={6} />
              ) : (
                <ApplicationTable applications={worstFirst(items)} />
              )}
            </Card>
          </div>
          <Card
            title="Events"
            flush
            actions={
              <Link href="/events" className="text-xs text-faint hover:text-text">
                All events
              </Link>
            }
          >
            <EventFeed query={events} shownAtMost={shownAtMost} showApplication />
          </Card>
        </div>
      )}
    </>
  );
}

const shownAtMost = 12;

/** Those that are not as wanted first, then by name: a long list is cut, and nothing that fails is cut away. */
function worstFirst(applications: readonly ApplicationSummary[]): ApplicationSummary[] {
  const isWell = (one: ApplicationSummary): number => (one.status === "RUNNING" ? 1 : 0);
  return [...applications]
    .sort((left, right) => isWell(left) - isWell(right) || left.name.localeCompare(right.name, "en"))
    .slice(0, shownAtMost);
}
