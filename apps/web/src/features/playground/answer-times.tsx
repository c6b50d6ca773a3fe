import type { PlaygroundAnswer } from "@sluice/contracts";
import { formatMeasured } from "@/format/numbers.ts";
import { readHops } from "./server-timing.ts";

/** Where the time of an answer went, as its `server-timing` tells: each hop with its share of the longest. */
export function AnswerTimes({ answer }: { answer: PlaygroundAnswer }) {
  const hops = readHops(answer.headers["server-timing"]);
  const longest = Math.max(0, ...hops.map((hop) => hop.ms ?? 0));
  if (hops.length === 0) return null;
  return (
    <ul
      aria-label="Where the time went"
      className="grid grid-cols-[minmax(0,max-content)_64px_max-content_minmax(0,1fr)] items-center gap-x-3 gap-y-1 text-xs sm:grid-cols-[minmax(0,max-content)_160px_max-content_minmax(0,1fr)]"
    >
      {hops.map(({ name, isCall, ms, note }, index) => (
        <li key={index} className="col-span-4 grid grid-cols-subgrid items-center">
          <span className={isCall ? "truncate pl-3 font-mono text-2xs text-dim" : "truncate text-dim"}>{name}</span>
          <span aria-hidden className="h-1 overflow-hidden rounded-full bg-raise">
            {ms !== null && longest > 0 && (
              <span className="block h-full rounded-full bg-accent" style={{ width: `${(ms / longest) * 100}%` }} />
            )}
          </span>
          <span className="text-right tabular-nums">
            {ms !== null && (
              <>
                {formatMeasured(ms)} <span className="text-faint">ms</span>
              </>
            )}
          </span>
          <span className="truncate text-faint" title={note}>
            {note}
          </span>
        </li>
      ))}
    </ul>
  );
}
