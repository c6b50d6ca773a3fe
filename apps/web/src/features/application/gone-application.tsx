"use client";

import Link from "next/link";
import { EventList } from "@/components/events/event-list.tsx";
import { judgeList } from "@/components/list-state.ts";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useEvents } from "@/data/queries.ts";

/** An application that is not there: deleted, as its last events tell, or never of this name. */
export function GoneApplication({ name }: { name: string }) {
  const query = useEvents({ application: name, limit: 5 });
  const events = query.data?.items ?? [];
  const isDeleted = events.length > 0;
  const header = <PageHeader title={name} crumbs={[{ href: "/applications", label: "Applications" }]} />;
  // Whether it was deleted or never was is told by its events.
  if (judgeList(query, events.length) === "loading") {
    return (
      <>
        {header}
        <div role="status" aria-label="Loading">
          <Skeleton className="mx-auto h-40 max-w-[560px] rounded-card" />
        </div>
      </>
    );
  }
  return (
    <>
      {header}
      <EmptyState
        title={isDeleted ? `${name} was deleted` : `There is no application ${name}`}
        action={
          <div className="flex gap-2">
            <Button asChild look="primary">
              <Link href="/applications">Applications</Link>
            </Button>
            {isDeleted && (
              <Button asChild>
                <Link href={`/events?application=${encodeURIComponent(name)}`}>All its events</Link>
              </Button>
            )}
          </div>
        }
      >
        <p>
          {isDeleted
            ? "Its replicas are stopped and its route answers 404. Bundles, events and metrics are kept; a new application may take the name."
            : "Nothing of this name was deployed here. The address may have a typing error."}
        </p>
      </EmptyState>
      {isDeleted && (
        <Card title="Last events" flush className="mx-auto max-w-[560px]">
          <EventList events={events} />
        </Card>
      )}
    </>
  );
}
