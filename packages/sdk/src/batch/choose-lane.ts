import type { BatchLane } from "./batch-lane.ts";
import type { BatchSettings } from "./batch-settings.ts";
import { decideBatch } from "./decide-batch.ts";
import type { BatchDecision } from "./decide-batch.ts";

/** A group and what is to be done with what waits in it. */
export interface LaneChoice<T> {
  readonly lane: BatchLane<T>;
  readonly decision: BatchDecision;
}

/**
 * The lane to release now: of several, the one whose first item came first. When none is, the one that is due first.
 * `isOnlyFull` leaves out those that may still grow.
 */
export function chooseLane<T>(
  lanes: Iterable<BatchLane<T>>,
  settings: BatchSettings,
  nowMs: number,
  isOnlyFull: boolean,
): LaneChoice<T> | undefined {
  let best: LaneChoice<T> | undefined;
  for (const lane of lanes) {
    if (lane.waiting.length === 0 || (isOnlyFull && !lane.fit(settings.maxBatchSize).isFull)) continue;
    const choice = { lane, decision: decideLane(lane, settings, nowMs) };
    if (best === undefined || isBefore(choice, best)) best = choice;
  }
  return best;
}

function decideLane<T>(lane: BatchLane<T>, settings: BatchSettings, nowMs: number): BatchDecision {
  const { size, isFull } = lane.fit(settings.maxBatchSize);
  const ageMs = (at: number): number => nowMs - (lane.waiting[at]?.addedAtMs ?? nowMs);
  return decideBatch(
    {
      size,
      isFull,
      oldestAgeMs: ageMs(0),
      sinceArrivalMs: nowMs - lane.lastArrivalMs,
      gapMs: lane.gapMs,
      peakOutstanding: lane.peakOutstanding,
      outstanding: lane.outstanding,
      ageBehindMs: (cut) => ageMs(lane.countWithin(cut)),
      time: lane.time,
    },
    settings,
  );
}

function isBefore<T>(left: LaneChoice<T>, right: LaneChoice<T>): boolean {
  if (left.decision.waitMs > 0 || right.decision.waitMs > 0) return left.decision.waitMs < right.decision.waitMs;
  return (left.lane.waiting[0]?.addedAtMs ?? 0) < (right.lane.waiting[0]?.addedAtMs ?? 0);
}
