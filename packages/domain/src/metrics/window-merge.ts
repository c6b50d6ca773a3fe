import { mergePacks } from "./histogram.ts";
import type { HistogramPack } from "./histogram.ts";

/** Totals of one series in one window; the shape of contracts' WindowTotals without its key. */
export interface WindowSums {
  readonly statusCounts: Readonly<Record<string, number>>;
  readonly latency: HistogramPack;
  readonly ongoingMean: number;
  readonly ongoingMax: number;
  readonly queuedMean: number;
  readonly queuedMax: number;
  readonly retries: number;
  /** Replica counts as the controller saw them last in this window; absent in series of requests. */
  readonly replicas?: ReplicaCounts | undefined;
}

export interface ReplicaCounts {
  readonly wanted: number;
  readonly ready: number;
}

/** What one life of one reporter said about one (series, window), so far. */
export interface ReporterPart extends WindowSums {
  readonly reporter: string;
  /** Changes with each process start, so that two lives of a reporter add up instead of overwriting each other. */
  readonly incarnation: string;
  /** Milliseconds of the window these totals cover. */
  readonly coveredMs: number;
}

/** One window of a series over all its reporters. */
export interface CombinedWindow extends WindowSums {
  readonly windowStartMs: number;
  readonly coveredMs: number;
}

/**
 * Takes in new parts: a resend of the same reporter and incarnation replaces what it sent before, others add.
 * A resend that covers less than what is stored came late and is dropped. Hence order and repetition do not matter.
 */
export function mergeParts(stored: readonly ReporterPart[], incoming: readonly ReporterPart[]): ReporterPart[] {
  const byLife = new Map<string, ReporterPart>();
  for (const part of [...stored, ...incoming]) {
    const life = `${part.reporter}\u0000${part.incarnation}`;
    const known = byLife.get(life);
    if (known === undefined || part.coveredMs >= known.coveredMs) byLife.set(life, part);
  }
  return [...byLife.values()];
}

/**
 * Adds up the parts of one window. Reporters run side by side, the lives of one reporter one after the other:
 * covered = max over reporters of the sum over its lives; a mean is weighted by covered time; a maximum is the sum
 * over reporters of each one's highest (an upper bound, since their peaks need not coincide).
 */
export function combineParts(windowStartMs: number, parts: readonly ReporterPart[]): CombinedWindow {
  const reporters = new Map<string, { coveredMs: number; ongoingMax: number; queuedMax: number }>();
  for (const part of parts) {
    const sum = reporters.get(part.reporter) ?? { coveredMs: 0, ongoingMax: 0, queuedMax: 0 };
    reporters.set(part.reporter, {
      coveredMs: sum.coveredMs + part.coveredMs,
      ongoingMax: Math.max(sum.ongoingMax, part.ongoingMax),
      queuedMax: Math.max(sum.queuedMax, part.queuedMax),
    });
  }
  const each = [...reporters.values()];
  const coveredMs = Math.max(0, ...each.map((reporter) => reporter.coveredMs));
  const weigh = (pick: (part: ReporterPart) => number): number =>
    coveredMs === 0 ? 0 : total(parts.map((part) => pick(part) * part.coveredMs)) / coveredMs;
  return {
    windowStartMs,
    coveredMs,
    statusCounts: addCounts(parts.map((part) => part.statusCounts)),
    latency: mergePacks(parts.map((part) => part.latency)),
    ongoingMean: weigh((part) => part.ongoingMean),
    ongoingMax: total(each.map((reporter) => reporter.ongoingMax)),
    queuedMean: weigh((part) => part.queuedMean),
    queuedMax: total(each.map((reporter) => reporter.queuedMax)),
    retries: total(parts.map((part) => part.retries)),
    // One leader writes counts at a time; the part that covers most is the newest word.
    replicas: [...parts].sort((a, b) => a.coveredMs - b.coveredMs).findLast((part) => part.replicas !== undefined)
      ?.replicas,
  };
}

export function addCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const one of counts) {
    for (const [key, count] of Object.entries(one)) sum[key] = (sum[key] ?? 0) + count;
  }
  return sum;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
