/** A run as data: what the JSON file holds and the Markdown is made of. Pure. */
import type { Results, Settings, Workload } from "../measurement.ts";
import type { BenchRun } from "../run-bench.ts";
import { median } from "../statistics.ts";
import { judgeTargets, type Verdict } from "../targets.ts";

export interface Cell {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly samples: readonly number[];
}

export interface SideRow {
  readonly side: string;
  readonly values: Readonly<Record<string, Cell>>;
  readonly errors: number;
}

export interface PointTable {
  readonly id: string;
  readonly label: string;
  readonly metrics: readonly { readonly name: string; readonly unit: string }[];
  readonly rows: readonly SideRow[];
}

export interface Report {
  readonly takenAt: string;
  readonly commit: string;
  readonly machine: string;
  readonly settings: Settings;
  /** Fewer repetitions than a ratio needs to count. */
  readonly isProof: boolean;
  readonly loads: readonly number[];
  readonly skipped: BenchRun["skipped"];
  readonly targets: readonly Verdict[];
  readonly workloads: readonly {
    readonly id: string;
    readonly title: string;
    readonly method: string;
    readonly points: readonly PointTable[];
  }[];
}

export interface RunFacts {
  readonly takenAt: string;
  readonly commit: string;
  readonly machine: string;
  readonly settings: Settings;
}

/** A ratio counts with so many alternating repetitions. */
const repetitionsOfAProof = 5;

export function buildReport(run: BenchRun, workloads: readonly Workload[], facts: RunFacts): Report {
  return {
    ...facts,
    isProof: facts.settings.repetitions >= repetitionsOfAProof,
    loads: run.loads,
    skipped: run.skipped,
    targets: judgeTargets(
      run.results,
      workloads.map(({ id }) => id),
    ),
    workloads: workloads.map(({ id, title, method, points }) => ({
      id,
      title,
      method,
      points: points.map((point) => ({
        id: point.id,
        label: point.label,
        metrics: point.metrics,
        rows: run.results.sides(point.id).map((side) => sideRow(run.results, point, side)),
      })),
    })),
  };
}

function sideRow(results: Results, point: Workload["points"][number], side: string): SideRow {
  const cells = point.metrics.flatMap(({ name }) => {
    const samples = results.values(point.id, side, name).filter(Number.isFinite);
    if (samples.length === 0) return [];
    const cell = { median: median(samples), min: Math.min(...samples), max: Math.max(...samples), samples };
    return [[name, cell] as const];
  });
  return { side, values: Object.fromEntries(cells), errors: results.errors(point.id, side) };
}
