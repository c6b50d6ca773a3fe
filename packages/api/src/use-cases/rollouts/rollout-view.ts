import type { RolloutView } from "@sluice/contracts";
import type { Application, RolloutStatus } from "@sluice/db";
import { isoOf } from "../applications/application-views.ts";

/** Without progress for so long a rollout is given up, unless its numbers say another time. */
const defaultDeadlineMs = 600_000;

/** Null before the first rollout. A deadline other than the default stands in the numbers, as `deadline_s`. Pure. */
export function rolloutViewOf(application: Application, rollout: RolloutStatus | undefined): RolloutView | null {
  if (rollout === undefined) return null;
  const { deadline_s } = rollout.numbers;
  const deadlineMs = deadline_s === undefined ? defaultDeadlineMs : deadline_s * 1000;
  const isPaused = application.rolloutPausedAtMs !== null && rollout.endedAtMs === null;
  return {
    from_revision: rollout.fromRevision,
    to_revision: rollout.toRevision,
    phase: rollout.phase,
    message: rollout.message,
    numbers: { ...rollout.numbers },
    started_at: isoOf(rollout.startedAtMs),
    progress_at: isoOf(rollout.progressAtMs),
    deadline_at: isPaused ? null : isoOrNull(rolloutDueMs(rollout, deadlineMs)),
    ended_at: isoOrNull(rollout.endedAtMs),
    paused_at: isPaused ? isoOrNull(application.rolloutPausedAtMs) : null,
  };
}

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoOf(ms));

function rolloutDueMs(
  { phase, endedAtMs, fromRevision, progressAtMs }: RolloutStatus,
  deadlineMs: number,
): number | null {
  const isWaiting = phase === "starting" || phase === "rolling";
  return isWaiting && endedAtMs === null && fromRevision !== null ? progressAtMs + deadlineMs : null;
}
