/** Reads the time range and step of a metric query. Pure: `nowMs` comes in. */
import { metricNames, SluiceError, windowMs } from "@sluice/contracts";
import type { FieldIssue, MetricName, MetricQuery } from "@sluice/contracts";

export interface MetricRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
/** Steps offered when none is asked for, in seconds; each a multiple of the 10 s window. */
const niceStepsS = [10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const maxAutoPoints = 360;
const maxPoints = 11_000;
const maxRangeMs = 92 * 86_400_000;

export function readMetricRange(query: Pick<MetricQuery, "from" | "to" | "step">, nowMs: number): MetricRange {
  const issues: FieldIssue[] = [];
  const fromMs = readTime(query.from, nowMs);
  const toMs = readTime(query.to, nowMs);
  const example = "`15m`, `now-2h`, `2026-01-31T12:00:00Z` or milliseconds since 1970";
  if (fromMs === null) issues.push({ pointer: "#/from", detail: `Not a time. Use ${example}.` });
  if (toMs === null) issues.push({ pointer: "#/to", detail: `Not a time. Use \`now\`, ${example}.` });
  if (fromMs !== null && toMs !== null && fromMs >= toMs)
    issues.push({ pointer: "#/from", detail: "Must be before `to`." });
  if (fromMs !== null && toMs !== null && toMs - fromMs > maxRangeMs) {
    issues.push({ pointer: "#/from", detail: "At most 92 days." });
  }
  if (query.step !== undefined && (query.step * 1000) % windowMs !== 0) {
    issues.push({ pointer: "#/step", detail: "Seconds, a multiple of 10." });
  }
  if (fromMs === null || toMs === null || issues.length > 0) throw invalid(issues);
  const stepMs = (query.step ?? pickStepS(toMs - fromMs)) * 1000;
  if ((toMs - fromMs) / stepMs > maxPoints) {
    throw invalid([
      { pointer: "#/step", detail: `At most ${maxPoints} points; take a longer step or a shorter range.` },
    ]);
  }
  return { fromMs, toMs, stepMs };
}

/** `metric=a,b` -> its names; an unknown one is refused with the list. */
export function readMetricNames(text: string): MetricName[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  const unknown = names.filter((name) => !isMetricName(name));
  if (unknown.length > 0) {
    const detail = `\`${unknown.join("`, `")}\` is no metric. Known: ${metricNames.join(", ")}.`;
    throw invalid([{ pointer: "#/metric", detail }]);
  }
  return names.filter(isMetricName);
}

/** A time as written: relative to now, ISO 8601, or epoch milliseconds; null when it is none of them. */
export function readTime(text: string, nowMs: number): number | null {
  const trimmed = text.trim();
  if (trimmed === "now") return nowMs;
  const relative = /^(?:now-)?(\d{1,6})([smhdw])$/.exec(trimmed);
  if (relative !== null) return nowMs - Number(relative[1]) * (unitMs[relative[2] ?? ""] ?? 0);
  if (/^\d{10,15}$/.test(trimmed)) return Number(trimmed);
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return null;
  const parsed = Date.parse(trimmed);
  return Number.isNaN(parsed) ? null : parsed;
}

function pickStepS(rangeMs: number): number {
  return niceStepsS.find((stepS) => rangeMs / (stepS * 1000) <= maxAutoPoints) ?? 86_400;
}

function isMetricName(name: string): name is MetricName {
  return (metricNames as readonly string[]).includes(name);
}

function invalid(issues: readonly FieldIssue[]): SluiceError {
  const publicMessage = issues.map((issue) => `${issue.pointer.slice(2)}: ${issue.detail}`).join(" ");
  return new SluiceError({ code: "request/invalid", publicMessage, issues });
}
