import type { LoadWindow } from "./load-window.ts";
import { aggregateLoad, measureQueueFullMs } from "./load-window.ts";
import { findPeakLoad } from "./peak-load.ts";
import type { AutoscalingPolicy } from "./policy.ts";

/** A load and in words where it comes from. */
export interface WeighedLoad {
  readonly load: number;
  readonly window: string;
}

export interface LoadViews {
  /** Decides whether more replicas are wanted. */
  readonly forGrowing: WeighedLoad;
  /** Decides whether fewer are enough. */
  readonly forShrinking: WeighedLoad;
  /** The load that growth needs to see now, so that nothing grows for load that has gone; null asks for nothing. */
  readonly present: number | null;
  /** More requests have waited than all running replicas could take, for `QUEUE_FULL_MS`. */
  readonly isQueueExploding: boolean;
}

/** Within this a load step is seen. */
const RECENT_MS = 1000;
const QUEUE_FULL_MS = 1000;
/** A newest sample older than this says nothing about now. */
const STALE_MS = 2000;

/**
 * The load from two sides; null = no data.
 *
 * Growing: max(aggregate over look_back, mean of the last second, and while the queue holds more than all replicas can take,
 * the newest report). `aggregation_function: min` asks for load that lasted the whole look-back, so the last second is left out.
 * While nothing runs, the newest report alone counts.
 * With `mean`, the last second must want more as well when a delay ends: the look-back still remembers load that has gone.
 *
 * Shrinking: the aggregate, and for `mean` at least the highest mean over any stretch as long as upscale_delay (1 s or more)
 * within the look-back: going below that would be undone at once by the next such stretch. With upscale_delay >= look_back,
 * as by default, this is the mean.
 */
export function weighLoad(
  policy: AutoscalingPolicy,
  window: LoadWindow,
  capacity: number,
  nowMs: number,
): LoadViews | null {
  const newest = window.newest;
  const lookBackMs = policy.lookBackPeriodS * 1000;
  const aggregate = aggregateLoad(window, policy.aggregationFunction, nowMs - lookBackMs, nowMs);
  if (newest === null || nowMs - newest.atMs > STALE_MS || aggregate === null) return null;
  const lookBack = { load: aggregate, window: `${policy.aggregationFunction} of ${policy.lookBackPeriodS} s` };
  const recent = aggregateLoad(window, "mean", nowMs - RECENT_MS, nowMs);
  const hasFastPath = policy.queueFastPath && capacity > 0;
  const isQueueFull = hasFastPath && newest.queued >= capacity;
  const isMin = policy.aggregationFunction === "min";
  const newestLoad = { load: newest.queued + newest.sent, window: "newest report" };
  const isCold = capacity === 0 && newestLoad.load > 0;
  const growing = highest([
    lookBack,
    ...(isMin || recent === null ? [] : [{ load: recent, window: "mean of the last second" }]),
    ...(isQueueFull ? [newestLoad] : []),
  ]);
  const spanMs = Math.max(RECENT_MS, policy.upscaleDelayS * 1000);
  const isMean = policy.aggregationFunction === "mean";
  const peak = isMean ? findPeakLoad(window, spanMs, nowMs - lookBackMs, nowMs) : null;
  const forShrinking = highest([
    lookBack,
    ...(peak === null ? [] : [{ load: peak, window: `busiest ${spanMs / 1000} s of ${policy.lookBackPeriodS} s` }]),
  ]);
  const isQueueExploding = hasFastPath && measureQueueFullMs(window, capacity) >= QUEUE_FULL_MS;
  const present = isMean ? Math.max(recent ?? 0, isQueueFull ? newestLoad.load : 0) : null;
  return { forGrowing: isCold ? newestLoad : growing, forShrinking, present, isQueueExploding };
}

/** The highest; of equals the first. */
function highest(loads: readonly [WeighedLoad, ...WeighedLoad[]]): WeighedLoad {
  return loads.reduce((best, next) => (next.load > best.load ? next : best));
}
