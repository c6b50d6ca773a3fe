"use client";

import type { EventView } from "@sluice/contracts";
import { judgeList } from "@/components/list-state.ts";
import type { ListQuery } from "@/components/list-state.ts";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { EventList } from "./event-list.tsx";

export interface EventFeedProps {
  query: ListQuery & { readonly error: unknown; readonly data: { readonly items: readonly EventView[] } | undefined };
  shownAtMost: number;
  showApplication?: boolean;
  /** What it says while nothing has happened. */
  empty?: string;
}

/** The newest events inside a card. */
export function EventFeed({
  query,
  shownAtMost,
  showApplication = false,
  empty = "Nothing has happened yet.",
}: EventFeedProps) {
  const events = query.data?.items ?? [];
  switch (judgeList(query, events.length)) {
    case "loading":
      return <SkeletonRows rows={4} columns={1} />;
    case "refused":
      return <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(query.error)}</p>;
    case "empty":
      return <p className="px-3.5 pb-3.5 text-dim">{empty}</p>;
    case "filled":
      return <EventList events={events.slice(0, shownAtMost)} showApplication={showApplication} short />;
  }
}
