import type { RolloutFacts } from "../reconcile/snapshot.ts";

/** A rollout that comes no nearer to its end for so long is given up, when an older revision serves. */
export const defaultRolloutDeadlineMs = 600_000;

/** Why a rollout is given up; null while it may go on. It is never given up before an older revision can take over again. */
export function judgeProgress(
  rollout: RolloutFacts | null,
  state: { readonly nowMs: number; readonly deadlineMs: number; readonly isPaused: boolean; readonly missing: string },
): string | null {
  const dueMs = rolloutDueMs(rollout, state.deadlineMs);
  if (rollout === null || dueMs === null || state.isPaused || state.nowMs < dueMs) return null;
  const seconds = Math.round(state.deadlineMs / 1000);
  const missing = state.missing === "" ? "" : ` ${state.missing}`;
  return `Revision ${rollout.toRevision} came no nearer to serving for ${seconds} s.${missing}`;
}

/** When a rollout is given up if nothing moves; null when it never is. */
export function rolloutDueMs(rollout: RolloutFacts | null, deadlineMs: number): number | null {
  if (rollout === null || rollout.endedAtMs !== null || rollout.fromRevision === null) return null;
  const isWaiting = rollout.phase === "starting" || rollout.phase === "rolling";
  return isWaiting && !isAwaitingGateways(rollout) ? rollout.progressAtMs + deadlineMs : null;
}

/**
 * What a rollout in steps notes while its old replicas must not go because of gateways that are cut off: the new ones have no
 * room meanwhile, and that time does not count as theirs.
 */
export function awaitingNumbers(
  phase: RolloutFacts["phase"],
  state: { readonly nowMs: number; readonly gatewaysAwaitedUntilMs: number | null },
): Readonly<Record<string, number>> {
  const { nowMs, gatewaysAwaitedUntilMs: untilMs } = state;
  return phase === "rolling" && untilMs !== null && nowMs < untilMs ? { [awaiting]: 1 } : {};
}

export function isAwaitingGateways({ numbers }: Pick<RolloutFacts, "numbers">): boolean {
  return numbers[awaiting] === 1;
}

const awaiting = "awaiting_gateways";
