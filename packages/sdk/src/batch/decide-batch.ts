import { largestSizeWithin, predictBatchMs } from "./batch-time.ts";
import type { BatchTime } from "./batch-time.ts";
import type { BatchSettings } from "./batch-settings.ts";

/**
 * Why a batch was released. Public: metric labels, `Server-Timing`.
 * full = nothing more fits; timeout = its first item waited `batchWaitTimeoutS`; idle = nobody else is expected, or
 * waiting was not wanted; target = waiting longer would break `targetP99Ms`.
 */
export type BatchReason = "full" | "timeout" | "idle" | "target";

/** What is known when a batch might be released and a permit is free. */
export interface BatchMoment {
  /** Size of the longest run of waiting items, oldest first, that fits. At least one item. */
  readonly size: number;
  /** Nothing more fits, whatever comes. */
  readonly isFull: boolean;
  /** How long the first item has waited. */
  readonly oldestAgeMs: number;
  readonly sinceArrivalMs: number;
  /** Typical time between two arrivals; Infinity when unknown. */
  readonly gapMs: number;
  /** Items that were waiting or running at a time lately, at most: who else could come. */
  readonly peakOutstanding: number;
  /** Items waiting or running now. */
  readonly outstanding: number;
  /** Age of the first item that stays behind when the batch is cut to this size. */
  readonly ageBehindMs: (size: number) => number;
  readonly time: BatchTime;
}

/** Release so much now (`waitMs` 0), or look again in `waitMs`: then, if nothing changes, it goes for this reason. */
export interface BatchDecision {
  readonly waitMs: number;
  readonly size: number;
  readonly reason: BatchReason;
}

/** Batches before the model of their time is believed; until then nothing waits. */
const learningBatches = 3;
/** Waits shorter than this are none: timers are no finer. */
const shortestWaitMs = 0.1;
/** A timer fires up to this much late. */
const timerSlackMs = 1;
/** 99 % of a normal distribution lie below so many standard deviations. */
const p99Deviations = 2.33;
/** Silence of so many typical gaps means that nobody comes: e^-3 = 5 % of Poisson gaps are longer. */
const silentGaps = 3;

/** What to do with what waits. Pure; the queue asks at each arrival, at each end of a batch, and when told to look again. */
export function decideBatch(moment: BatchMoment, settings: BatchSettings): BatchDecision {
  if (settings.targetP99Ms !== undefined) return decideForTarget(moment, settings, settings.targetP99Ms);
  if (moment.isFull) return release(moment.size, "full");
  if (settings.waitMs === 0) return release(moment.size, "idle");
  return waitOrRelease(moment.size, settings.waitMs - moment.oldestAgeMs, "timeout");
}

/**
 * A batch may wait while its first item can still be answered in time, budget = target - 2.33 spread - slack:
 *   age + wait + t(size + 1) <= budget, and for those who come while it runs: t(size + 1) + t(their batch) <= budget.
 * It waits only for somebody who may come: fewer are in the house than lately, and arrivals have not gone silent. Silence
 * is never waited out for longer than a batch of its own would cost more (fixedMs) or arrivals usually are apart.
 */
function decideForTarget(moment: BatchMoment, settings: BatchSettings, targetP99Ms: number): BatchDecision {
  const { size, time, oldestAgeMs } = moment;
  const whole = moment.isFull ? "full" : "target";
  if (time.observations < learningBatches) return release(size, moment.isFull ? "full" : "idle");
  const budgetMs = targetP99Ms - p99Deviations * time.spreadMs - timerSlackMs;
  if (oldestAgeMs + predictBatchMs(time, size) > budgetMs) return cutForTarget(moment, settings, budgetMs, whole);
  if (moment.isFull) return release(size, "full");
  const nextMs = predictBatchMs(time, size + 1);
  const followers = Math.min(settings.maxBatchSize, Math.ceil(nextMs / moment.gapMs));
  if (nextMs + predictBatchMs(time, followers) > budgetMs) return release(size, "target");
  if (moment.outstanding >= moment.peakOutstanding) return release(size, "idle");
  const silenceMs = Math.max(time.fixedMs, moment.gapMs === Infinity ? 0 : silentGaps * moment.gapMs);
  const byTarget = waitOrRelease(size, budgetMs - oldestAgeMs - nextMs, "target");
  const bySilence = waitOrRelease(size, silenceMs - moment.sinceArrivalMs, "idle");
  const byTimeout = waitOrRelease(size, settings.waitMs - oldestAgeMs, "timeout");
  return [byTarget, bySilence, byTimeout].reduce((first, next) => (next.waitMs < first.waitMs ? next : first));
}

/**
 * The first item would be late in a batch of all that waits. A smaller batch saves it if those behind, and who joins them
 * meanwhile, stay in time, too; otherwise small batches would only make everybody later: all go.
 */
function cutForTarget(
  moment: BatchMoment,
  settings: BatchSettings,
  budgetMs: number,
  whole: BatchReason,
): BatchDecision {
  const { size, time, oldestAgeMs } = moment;
  const cut = Math.min(size, largestSizeWithin(time, budgetMs - oldestAgeMs));
  if (cut < 1 || cut >= size) return release(size, whole);
  const cutMs = predictBatchMs(time, cut);
  const behind = Math.min(settings.maxBatchSize, size - cut + Math.ceil(cutMs / moment.gapMs));
  const behindMs = moment.ageBehindMs(cut) + cutMs + predictBatchMs(time, behind);
  return behindMs <= budgetMs ? release(cut, "target") : release(size, whole);
}

function release(size: number, reason: BatchReason): BatchDecision {
  return { waitMs: 0, size, reason };
}

function waitOrRelease(size: number, leftMs: number, reason: BatchReason): BatchDecision {
  return { waitMs: leftMs < shortestWaitMs ? 0 : leftMs, size, reason };
}
