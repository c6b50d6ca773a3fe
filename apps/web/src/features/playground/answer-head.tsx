import type { PlaygroundAnswer } from "@sluice/contracts";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { formatNumber } from "@/format/numbers.ts";

const words: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No content",
  400: "Bad request",
  404: "Not found",
  422: "Not valid",
  429: "Too many",
  500: "Error in the application",
  502: "Replica lost",
  503: "Not available",
  504: "Too late",
};

function toneOf(status: number): Tone {
  if (status < 400) return "ok";
  return status < 500 ? "warn" : "bad";
}

/** Status, time, the revision that answered and the id that finds the request. */
export function AnswerHead({ answer }: { answer: PlaygroundAnswer }) {
  const revision = Number((answer.headers["x-sluice-revision"] ?? "").replace(/^r/, ""));
  const requestId = answer.headers["x-request-id"];
  return (
    <dl aria-live="polite" className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
      <div className="flex items-center gap-1.5">
        <StateMark tone={toneOf(answer.status)} />
        <dt className="sr-only">Status</dt>
        <dd className="font-medium text-text">
          {answer.status} <span className="font-normal text-dim">{words[answer.status] ?? ""}</span>
        </dd>
      </div>
      <div>
        <dt className="sr-only">Time</dt>
        <dd>
          <span className="text-text">{formatNumber(answer.duration_ms)}</span> <span className="text-faint">ms</span>
        </dd>
      </div>
      {revision > 0 && (
        <div>
          <dt className="sr-only">Revision</dt>
          <dd>
            <RevisionChip revision={revision} />
          </dd>
        </div>
      )}
      {requestId !== undefined && (
        <div className="flex min-w-0 items-center gap-1.5 text-faint">
          <dt>request</dt>
          <dd className="truncate font-mono text-2xs select-all">{requestId}</dd>
        </div>
      )}
    </dl>
  );
}
