import type { SplitEntry } from "./traffic.ts";

/** One wrong field; the shape of contracts' FieldIssue. */
export interface SplitIssue {
  readonly pointer: string;
  readonly detail: string;
}

/** Weights move in tenths of a percent; sums are taken in tenths, so that they are exact. */
const STEPS_PER_PERCENT = 10;

/**
 * What is wrong with a root split; empty = nothing. Weights lie in 0..100, in steps of 0.1, and sum to exactly 100;
 * each revision exists and appears once. `knownRevisions` are the application's described revisions.
 */
export function validateSplit(entries: readonly SplitEntry[], knownRevisions: readonly number[]): SplitIssue[] {
  if (entries.length === 0) return [{ pointer: "#/variants", detail: "At least one variant." }];
  const issues = entries.flatMap((entry, i) => issuesOf(entry, `#/variants/${i}`, entries.slice(0, i), knownRevisions));
  if (issues.some((issue) => issue.pointer.endsWith("/weight"))) return issues;
  const tenths = entries.reduce((sum, entry) => sum + toTenths(entry.weight), 0);
  if (tenths !== 100 * STEPS_PER_PERCENT) {
    const sum = tenths / STEPS_PER_PERCENT;
    const off = Math.abs(100 - sum);
    const fix = sum < 100 ? `${round(off)} is missing` : `${round(off)} is too much`;
    issues.push({ pointer: "#/variants", detail: `Weights sum to ${sum}; they must sum to 100 (${fix}).` });
  }
  return issues;
}

function issuesOf(
  entry: SplitEntry,
  pointer: string,
  earlier: readonly SplitEntry[],
  knownRevisions: readonly number[],
): SplitIssue[] {
  const issues: SplitIssue[] = [];
  if (!knownRevisions.includes(entry.revision)) {
    const known = knownRevisions.length === 0 ? "There is none yet." : `Known: ${knownRevisions.join(", ")}.`;
    issues.push({ pointer: `${pointer}/revision`, detail: `Revision ${entry.revision} is unknown. ${known}` });
  }
  if (earlier.some((other) => other.revision === entry.revision)) {
    issues.push({ pointer: `${pointer}/revision`, detail: `Revision ${entry.revision} appears twice.` });
  }
  const { weight } = entry;
  if (!(weight >= 0 && weight <= 100)) {
    issues.push({ pointer: `${pointer}/weight`, detail: "Between 0 and 100." });
  } else if (Math.abs(weight * STEPS_PER_PERCENT - toTenths(weight)) > 1e-6) {
    issues.push({ pointer: `${pointer}/weight`, detail: `In steps of 0.1; the nearest is ${round(weight)}.` });
  }
  return issues;
}

function toTenths(weight: number): number {
  return Math.round(weight * STEPS_PER_PERCENT);
}

function round(percent: number): number {
  return toTenths(percent) / STEPS_PER_PERCENT;
}
