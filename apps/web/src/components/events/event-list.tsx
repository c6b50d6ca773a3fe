"use client";

import Link from "next/link";
import { useState } from "react";
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
  short = false,
}: {
  events: readonly EventView[];
  showApplication?: boolean;
  /** Long texts are cut to a few lines; a click shows the rest. */
  short?: boolean;
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
            <EventText text={eventSentence(event.message)} short={short} />
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

/** More than this does not fit into three lines of a card. */
const shortLength = 110;

function EventText({ text, short }: { text: string; short: boolean }) {
  const [isOpen, setIsOpen] = useState(false);
  if (!short || text.length <= shortLength) return <p className="wrap-anywhere">{text}</p>;
  return (
    <p className="wrap-anywhere">
      {isOpen ? text : `${text.slice(0, shortLength).trimEnd()}…`}{" "}
      <button
        type="button"
        aria-expanded={isOpen}
        className="text-xs text-dim underline decoration-line-strong underline-offset-2 hover:text-text"
        onClick={() => setIsOpen(!isOpen)}
      >
        {isOpen ? "less" : "more"}
      </button>
    </p>
  );
}
