"use client";

import Link from "next/link";
import { EventList } from "@/components/events/event-list.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { useApplications, useEvents } from "@/data/queries.ts";
import { NoApplications } from "@/features/applications/no-applications.tsx";
import { AttentionList } from "./attention-list.tsx";
import { ClusterFigures } from "./cluster-figures.tsx";

/** Is all well, and if not, what is not. */
export function OverviewPage() {
  const applications = useApplications();
  const events = useEvents({ limit: 12 }).data?.items ?? [];
  const isEmpty = applications.data?.items.length === 0;
  return (
    <>
      <PageHeader
        title="Overview"
        actions={
          <Button asChild look="primary">
            <Link href="/applications/new">New application</Link>
          </Button>
        }
      />
      <ClusterFigures />
      {isEmpty ? (
        <div className="rounded-card border border-line bg-panel">
          <NoApplications />
        </div>
      ) : (
        <div className="grid items-start gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_420px]">
          <Card title="Needs attention" flush>
            <AttentionList />
          </Card>
          <Card
            title="Events"
            flush
            actions={
              <Link href="/events" className="text-xs text-faint hover:text-text">
                All events
              </Link>
            }
          >
            {events.length === 0 ? (
              <p className="px-3.5 pb-3.5 text-dim">Nothing has happened yet.</p>
            ) : (
              <EventList events={events} showApplication />
            )}
          </Card>
        </div>
      )}
    </>
  );
}
