/** What charts show: the last `durationMs` up to now, or a fixed span. Lives in the URL as `?range=`. */
export type TimeRange =
  | { readonly kind: "last"; readonly durationMs: number }
  | { readonly kind: "span"; readonly fromMs: number; readonly toMs: number };

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Metric windows are 10 s wide and are kept for at most 90 days. */
const shortestMs = 60_000;
const longestMs = 90 * 86_400_000;

export const presetRanges = ["15m", "1h", "6h", "24h", "7d"] as const;
export const defaultRange = "15m";

/**
 * Reads `15m`, `1.5h`, `13h`, `7d`, or `<from>/<to>` with ISO times or epoch milliseconds.
 * @returns the range, or a sentence that says what would be right
 */
export function parseTimeRange(text: string): TimeRange | { readonly problem: string } {
  const trimmed = text.trim();
  const relative = /^(\d+(?:\.\d+)?)\s*([smhdw])$/i.exec(trimmed);
  if (relative) {
    const durationMs = Number(relative[1]) * (unitMs[(relative[2] ?? "").toLowerCase()] ?? 0);
    if (durationMs < shortestMs) return { problem: "At least 1m." };
    if (durationMs > longestMs) return { problem: "At most 90d." };
    return { kind: "last", durationMs };
  }
  const [from, to, ...rest] = trimmed.split("/");
  if (from !== undefined && to !== undefined && rest.length === 0) {
    const fromMs = parseMoment(from);
    const toMs = parseMoment(to);
    if (fromMs === undefined || toMs === undefined)
      return { problem: "Two times, for example 2026-03-01T12:00/2026-03-01T13:00." };
    if (toMs - fromMs < shortestMs) return { problem: "The end lies at least 1 minute after the start." };
    if (toMs - fromMs > longestMs) return { problem: "At most 90 days." };
    return { kind: "span", fromMs, toMs };
  }
  return { problem: "For example 15m, 13h, 7d, or two times as from/to." };
}

function parseMoment(text: string): number | undefined {
  const trimmed = text.trim();
  const ms = /^\d{12,}$/.test(trimmed) ? Number(trimmed) : Date.parse(trimmed);
  return Number.isFinite(ms) ? ms : undefined;
}

/** The inverse of parseTimeRange, for the URL. */
export function printTimeRange(range: TimeRange): string {
  if (range.kind === "span") return `${new Date(range.fromMs).toISOString()}/${new Date(range.toMs).toISOString()}`;
  for (const unit of ["d", "h", "m"] as const) {
    const size = unitMs[unit] ?? 1;
    if (range.durationMs % size === 0 && (unit !== "d" || range.durationMs > size))
      return `${range.durationMs / size}${unit}`;
  }
  return `${range.durationMs / 1000}s`;
}

/** The range of a URL parameter; anything unreadable falls back to the default. */
export function timeRangeOf(parameter: string | null): TimeRange {
  const range = parseTimeRange(parameter ?? defaultRange);
  return "problem" in range ? { kind: "last", durationMs: 15 * 60_000 } : range;
}

/** The `from` and `to` of a metrics query. */
export function queryBounds(range: TimeRange): { from: string; to: string } {
  return range.kind === "last"
    ? { from: `${Math.max(1, Math.round(range.durationMs / 60_000))}m`, to: "now" }
    : { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
}

/** `last 15 min`, `last 7 d`, or the two clock times. */
export function describeTimeRange(range: TimeRange): string {
  if (range.kind === "last") {
    return `last ${printTimeRange(range).replace(/^([\d.]+)([smhd])$/, (_match, count: string, unit: string) => `${count} ${unit === "m" ? "min" : unit}`)}`;
  }
  const text = (ms: number): string =>
    new Date(ms).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  return `${text(range.fromMs)} to ${text(range.toMs)}`;
}
