"use client";

import { useState } from "react";
import type { ApplicationView, RevisionView } from "@sluice/contracts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { useNow } from "@/data/use-now.ts";
import { RollbackDialog } from "@/features/revisions/rollback-dialog.tsx";
import { listRollbackChoices } from "@/features/revisions/rollback-choice.ts";
import { formatClock, formatTook } from "@/format/time.ts";

/** For so long after its end a rollout is worth a line. */
const quietForMs = 15 * 60_000;

/** After it went well: how long it took, what is kept warm, and the way back. */
export function RolloutLine({
  application,
  revisions,
}: {
  application: ApplicationView;
  revisions: readonly RevisionView[];
}) {
  const nowMs = useNow();
  const [rollingBack, setRollingBack] = useState(false);
  const { rollout } = application;
  const endedAt = rollout?.ended_at ?? null;
  if (rollout === null || endedAt === null || nowMs === 0 || nowMs - Date.parse(endedAt) > quietForMs) return null;
  const before = revisions.find(({ number }) => number === rollout.from_revision);
  const took = formatTook(Date.parse(endedAt) - Date.parse(rollout.started_at));
  const isDone = rollout.phase === "completed";
  const warmUntil = before?.warm_until ?? null;
  const isWarm = warmUntil !== null && Date.parse(warmUntil) > nowMs;
  return (
    <p
      role="status"
      aria-label="Last rollout"
      className="mb-3 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-dim"
    >
      <StateMark tone={isDone ? "ok" : "gone"} />
      <span>
        {isDone
          ? `Revision ${rollout.to_revision} completed in ${took}`
          : `The rollout to revision ${rollout.to_revision} was aborted after ${took}${rollout.message === "" ? "" : `: ${rollout.message}`}`}
      </span>
      {isWarm && before !== undefined && (
        <>
          <Dot />
          <span>
            revision {before.number} is kept warm until{" "}
            <time dateTime={warmUntil}>{formatClock(warmUntil, nowMs)}</time>
          </span>
        </>
      )}
      {isDone && before !== undefined && before.stage === "described" && !before.is_target && (
        <>
          <Dot />
          <button
            type="button"
            className="text-text underline decoration-line-strong underline-offset-2 hover:decoration-text"
            onClick={() => setRollingBack(true)}
          >
            Roll back
          </button>
        </>
      )}
      {rollingBack && before !== undefined && (
        <RollbackDialog
          application={application}
          revision={before}
          choices={listRollbackChoices(revisions)}
          onClose={() => setRollingBack(false)}
        />
      )}
    </p>
  );
}

function Dot() {
  return (
    <span aria-hidden className="text-faint">
      ·
    </span>
  );
}
