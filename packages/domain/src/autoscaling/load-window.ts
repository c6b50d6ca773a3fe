import type { LoadAggregation } from "./policy.ts";

/** Load of one pool at one moment, summed over routers. */
export interface LoadSample {
  readonly atMs: number;
  /** Requests that wait in routers. */
  readonly queued: number;
  /** Requests sent to replicas and unanswered. */
  readonly sent: number;
}

/** A span during which the load was constant, as far as was reported. */
interface LoadSegment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly queued: number;
  readonly sent: number;
}

/**
 * The load of one pool over time, as a step function with gaps. A sample speaks for the time since the sample before it, but
 * for no longer than `MAX_SPAN_MS`: what nobody reported is unknown, not zero. Equal neighbours are one segment, so constant
 * load takes constant memory.
 */
export interface LoadWindow {
  readonly segments: readonly LoadSegment[];
  /** The newest sample; null when there is none or the newest tick had no data. */
  readonly newest: LoadSample | null;
  readonly lastDataAtMs: number | null;
}

export const EMPTY_LOAD_WINDOW: LoadWindow = { segments: [], newest: null, lastDataAtMs: null };

/** Longer than three report intervals of 500 ms, after which a silent router leaves the sum. */
const MAX_SPAN_MS = 2000;

/** The window with one more tick; `load` null = no router reports. Segments older than `keepMs` go. */
export function appendLoad(
  window: LoadWindow,
  atMs: number,
  load: Pick<LoadSample, "queued" | "sent"> | null,
  keepMs: number,
): LoadWindow {
  const firstKept = window.segments.findIndex(({ toMs }) => toMs > atMs - keepMs);
  const kept = firstKept === -1 ? [] : window.segments.slice(firstKept);
  if (load === null) return { segments: kept, newest: null, lastDataAtMs: window.lastDataAtMs };
  const { queued, sent } = load;
  const newest: LoadSample = { atMs, queued, sent };
  const beforeMs = window.newest?.atMs;
  const isContinued = beforeMs !== undefined && atMs - beforeMs <= MAX_SPAN_MS;
  const last = kept.at(-1);
  const isSame = isContinued && last?.toMs === beforeMs && last.queued === queued && last.sent === sent;
  const segments = isSame
    ? [...kept.slice(0, -1), { ...last, toMs: atMs }]
    : [...kept, { fromMs: isContinued ? beforeMs : atMs, toMs: atMs, queued, sent }];
  return { segments, newest, lastDataAtMs: atMs };
}

/** Milliseconds of [fromMs, toMs] whose load is known. */
export function measureKnownMs(window: LoadWindow, fromMs: number, toMs: number): number {
  return window.segments.reduce((sum, segment) => sum + overlapMs(segment, fromMs, toMs), 0);
}

/**
 * Total load (queued + sent) over [fromMs, toMs] as one number: mean weighted by time, or the highest or lowest value. Unknown
 * spans do not count. Null when nothing in it is known; a single sample is its own aggregate.
 */
export function aggregateLoad(
  window: Pick<LoadWindow, "segments">,
  aggregation: LoadAggregation,
  fromMs: number,
  toMs: number,
): number | null {
  const parts = window.segments.filter((segment) => segment.toMs >= fromMs && segment.fromMs <= toMs);
  if (aggregation !== "mean") {
    const totals = parts.map(totalOf);
    if (totals.length === 0) return null;
    return aggregation === "max" ? Math.max(...totals) : Math.min(...totals);
  }
  let weightMs = 0;
  let sum = 0;
  for (const part of parts) {
    const ms = overlapMs(part, fromMs, toMs);
    weightMs += ms;
    sum += ms * totalOf(part);
  }
  // A sample without duration: the first one after silence.
  if (weightMs === 0) return parts.length === 0 ? null : totalOf(parts[parts.length - 1] as LoadSegment);
  return sum / weightMs;
}

/** For how long, up to the newest sample, at least `atLeast` requests have been waiting; 0 when they are not. */
export function measureQueueFullMs(window: LoadWindow, atLeast: number): number {
  if (window.newest === null || window.newest.queued < atLeast) return 0;
  let sinceMs = window.newest.atMs;
  for (const { fromMs, toMs, queued } of window.segments.toReversed()) {
    if (toMs < sinceMs || queued < atLeast) break;
    sinceMs = fromMs;
  }
  return window.newest.atMs - sinceMs;
}

function totalOf({ queued, sent }: Pick<LoadSegment, "queued" | "sent">): number {
  return queued + sent;
}

function overlapMs({ fromMs, toMs }: LoadSegment, startMs: number, endMs: number): number {
  return Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, startMs));
}
