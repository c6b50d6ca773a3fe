import type { MetricAnswer } from "@sluice/contracts";

/** One row per point: time, metric, unit, labels, value. A gap has an empty value. */
export function metricsCsv(answer: MetricAnswer): string {
  const rows = answer.series.flatMap((series) =>
    series.points.map(([atMs, value]) => [
      new Date(atMs).toISOString(),
      series.metric,
      series.unit,
      Object.entries(series.labels)
        .map(([name, label]) => `${name}=${label}`)
        .join(";"),
      value === null ? "" : String(value),
    ]),
  );
  return (
    [["time", "metric", "unit", "labels", "value"], ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n"
  );
}

/** Quoted where needed (RFC 4180); a leading `=`, `+`, `-` or `@` in text would be run as a formula by spreadsheets. */
function cell(text: string): string {
  const safe = /^[=+@]|^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
