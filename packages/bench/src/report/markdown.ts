/** The report as Markdown: targets first, then every table. Pure. */
import { median, round, spread } from "../statistics.ts";
import type { PointTable, Report } from "./report.ts";

export function renderMarkdown(report: Report): string {
  const { settings, loads } = report;
  const lines = [
    "# Sluice beside its peers",
    "",
    `- ${report.takenAt}, commit ${report.commit}`,
    `- ${report.machine}`,
    `- ${String(settings.repetitions)} alternating repetitions of ${String(settings.seconds)} s; load before each round ${loads.map((load) => load.toFixed(2)).join(", ")}`,
    ...(report.isProof
      ? []
      : ["- **Too few repetitions to prove anything: this run only shows that the bench works.**"]),
    ...report.skipped.map(({ side, reason }) => `- ${side} is left out: ${reason}`),
    "",
    "## Targets",
    "",
    ...table(["target", "measured", "spread", "verdict"], targetRows(report)),
  ];
  for (const { title, method, points } of report.workloads) {
    if (points.every(({ rows }) => rows.length === 0)) continue;
    lines.push("", `## ${title}`, "", `${capitalized(method)}.`, "");
    for (const [index, metrics] of groupByMetrics(points)) {
      if (index > 0) lines.push("");
      lines.push(...pointRows(metrics));
    }
  }
  return `${lines.join("\n")}\n`;
}

function targetRows({ targets }: Report): readonly (readonly string[])[] {
  return targets.map(({ text, samples, unit, outcome, remark }) => [
    text,
    samples.length === 0 ? "" : `${round(median(samples))} ${unit}`,
    samples.length < 2 ? "" : spread(samples),
    remark === "" ? outcome : `${outcome} (${remark})`,
  ]);
}

/** Points with the same metrics share one table. */
function groupByMetrics(points: readonly PointTable[]): IterableIterator<[number, readonly PointTable[]]> {
  const groups = new Map<string, PointTable[]>();
  for (const point of points.filter(({ rows }) => rows.length > 0)) {
    const key = point.metrics.map(({ name }) => name).join();
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return [...groups.values()].entries();
}

function pointRows(points: readonly PointTable[]): readonly string[] {
  const [first] = points;
  if (first === undefined) return [];
  const heads = first.metrics.map(({ name, unit }) => `${name}, ${unit}`);
  const rows = points.flatMap(({ label, metrics, rows }) =>
    rows.map(({ side, values, errors }, index) => [
      index === 0 ? label : "",
      side,
      ...metrics.map(({ name }) => {
        const cell = values[name];
        if (cell === undefined) return "";
        return cell.samples.length < 2 ? round(cell.median) : `${round(cell.median)} (${spread(cell.samples)})`;
      }),
      String(errors),
    ]),
  );
  return table(["", "side", ...heads, "errors"], rows);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
