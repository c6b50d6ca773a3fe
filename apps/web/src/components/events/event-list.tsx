"use client";

import Link from "next/link";
import type { EventView } from "@sluice/contracts";
import { severityLook } from "@/components/states.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { useNow } from "@/data/use-now.ts";
import { formatClock, formatMoment } from "@/format/time.ts";
import { eventSentence, reasonWords, untoldNumbers } from "./event-words.ts";

/** What happened and why, newest first. */
export function EventList({
  events,
  showApplication = false,
}: {
  events: readonly EventView[];
  showApplication?: boolean;
}) {
  const nowMs = useNow(30_000);
  return (
    <ul className="divide-y divide-line">
      {events.map((event) => (
        <li key={event.id} className="grid grid-cols-[12px_minmax(0,1fr)_auto] gap-2 px-3.5 py-2">
          <span className="pt-[5px]">
            <span className="sr-only">{severityLook[event.severity].word}</span>
            <StateMark tone={severityLook[event.severity].tone} />
          </span>
          <div>
            <p className="wrap-anywhere">{eventSentence(event.message)}</p>
            <p className="text-xs wrap-anywhere text-faint">
              {showApplication && event.application !== null && (
                <>
                  <Link
                    href={`/applications/${encodeURIComponent(event.application)}`}
                    className="text-dim underline decoration-line-strong underline-offset-2 hover:text-text"
                  >
                    {event.application}
                  </Link>
                  {" · "}
                </>
              )}
              {[reasonWords(event.reason), untoldNumbers(event)].filter(Boolean).join(" · ")}
            </p>
          </div>
          <time dateTime={event.at} title={formatMoment(event.at)} className="text-xs whitespace-nowrap text-faint">
            {nowMs === 0 ? "" : formatClock(event.at, nowMs)}
          </time>
        </li>
      ))}
    </ul>
  );
}
