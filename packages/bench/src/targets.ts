/** What the data plane promises, as comparisons inside one run. Pure. */
import type { Results } from "./measurement.ts";
import { median } from "./statistics.ts";

export interface Verdict {
  readonly id: string;
  readonly workload: string;
  /** The promise in words. */
  readonly text: string;
  readonly unit: string;
  /** One value for each repetition; empty when a side did not take part. */
  readonly samples: readonly number[];
  readonly outcome: "holds" | "misses" | "not measured";
  /** Why it does not count, if that is so. */
  readonly remark: string;
}

interface Target {
  readonly id: string;
  readonly workload: string;
  readonly text: string;
  readonly unit: string;
  /** Point and sides that must be without errors. */
  readonly points: readonly string[];
  readonly sides: readonly string[];
  samples(results: Results): readonly number[];
  holds(samples: readonly number[]): boolean;
}

const own = "Sluice";

const targets: readonly Target[] = [
  ratio("noop-ray-default", "noop", "noop/64", "rate", "Ray Serve, default", 40, "No-op, 64 connections"),
  ratio("noop-ray-fastest", "noop", "noop/64", "rate", "Ray Serve, fastest", 5, "No-op, 64 connections"),
  ratio("noop-nginx", "noop", "noop/64", "rate", "nginx -> Node", 1, "No-op, 64 connections"),
  {
    id: "noop-latency",
    workload: "noop",
    text: "No-op, 1 connection: p50 at most bare Node + 0.15 ms",
    unit: "ms more",
    points: ["noop/1"],
    sides: [own, "bare Node"],
    samples: (results) => pairs(results, "noop/1", "p50", "bare Node").map(([mine, theirs]) => mine - theirs),
    holds: (samples) => median(samples) <= 0.15,
  },
  limit("noop-tail", "noop", "noop/512", "p99", 50, "ms", "No-op, 512 connections: p99 below 50 ms"),
  {
    id: "noop-errors",
    workload: "noop",
    text: "No-op: zero errors at 1, 16, 64 and 512 connections",
    unit: "errors",
    points: ["noop/64"],
    sides: [own],
    samples: (results) =>
      results.samples("noop/64", own).length === 0
        ? []
        : [[1, 16, 64, 512].reduce((sum, count) => sum + results.errors(`noop/${String(count)}`, own), 0)],
    holds: (samples) => samples.every((value) => value === 0),
  },
  ratio(
    "pipeline-ray-default",
    "pipeline",
    "pipeline/16",
    "rate",
    "Ray Serve, default",
    60,
    "Pipeline, 16 connections",
  ),
  ratio(
    "pipeline-ray-fastest",
    "pipeline",
    "pipeline/16",
    "rate",
    "Ray Serve, fastest",
    15,
    "Pipeline, 16 connections",
  ),
  ratio("batching-raw", "batching", "batching/64", "rate", "raw onnxruntime", 0.85, "MLP, 64 clients"),
  ratio("bodies-up", "bodies", "bodies/up-10", "rate", "nginx -> Node", 0.8, "10 MB up"),
  ratio("bodies-down", "bodies", "bodies/down-10", "rate", "nginx -> Node", 0.8, "10 MB down"),
  worst(
    "upload-gateway",
    "upload-memory",
    "upload-memory/100",
    "gateway growth",
    32,
    "100 MB up: gateway memory grows by less than 32 MB",
  ),
  worst(
    "upload-replica",
    "upload-memory",
    "upload-memory/100",
    "replica growth",
    32,
    "100 MB up: replica memory grows by less than 32 MB",
  ),
  limit(
    "cold-node",
    "cold-start",
    "cold-start/node",
    "ready",
    300,
    "ms",
    "Cold start of a `node` replica below 300 ms",
  ),
  limit(
    "cold-onnx",
    "cold-start",
    "cold-start/onnx",
    "ready",
    500,
    "ms",
    "Cold start of the `onnx` digits replica below 500 ms",
  ),
  limit(
    "memory",
    "cold-start",
    "cold-start/node",
    "resident",
    70,
    "MB",
    "Resident memory of a no-op replica below 70 MB",
  ),
];

/** Every target that belongs to these workloads, judged on the raw samples. */
export function judgeTargets(results: Results, workloads: readonly string[]): readonly Verdict[] {
  return targets.filter(({ workload }) => workloads.includes(workload)).map((target) => judge(target, results));
}

function judge(target: Target, results: Results): Verdict {
  const { id, workload, text, unit, points, sides } = target;
  const samples = target.samples(results);
  const base = { id, workload, text, unit, samples };
  if (samples.length === 0) {
    const absent = sides.filter((side) => points.every((point) => results.samples(point, side).length === 0));
    return { ...base, outcome: "not measured", remark: `${absent.join(", ")} did not take part` };
  }
  const failing = sides.filter((side) => points.some((point) => results.errors(point, side) > 0));
  if (failing.length > 0) {
    return { ...base, outcome: "misses", remark: `does not count: errors on ${failing.join(", ")}` };
  }
  return { ...base, outcome: target.holds(samples) ? "holds" : "misses", remark: "" };
}

function ratio(
  id: string,
  workload: string,
  point: string,
  metric: string,
  peer: string,
  atLeast: number,
  what: string,
): Target {
  return {
    id,
    workload,
    text: `${what}: at least ${String(atLeast)} x ${peer}`,
    unit: "x",
    points: [point],
    sides: [own, peer],
    samples: (results) => pairs(results, point, metric, peer).map(([mine, theirs]) => mine / theirs),
    holds: (samples) => median(samples) >= atLeast,
  };
}

/** The median stays below. */
function limit(
  id: string,
  workload: string,
  point: string,
  metric: string,
  below: number,
  unit: string,
  text: string,
): Target {
  return {
    id,
    workload,
    text,
    unit,
    points: [point],
    sides: [own],
    samples: (results) => results.values(point, own, metric),
    holds: (samples) => median(samples) < below,
  };
}

/** Every repetition stays below. */
function worst(id: string, workload: string, point: string, metric: string, below: number, text: string): Target {
  return {
    ...limit(id, workload, point, metric, below, "MB", text),
    holds: (samples) => samples.every((value) => value < below),
  };
}

/** Own value and the peer's of each repetition. */
function pairs(results: Results, point: string, metric: string, peer: string): readonly (readonly [number, number])[] {
  const theirs = results.values(point, peer, metric);
  const mine = results.values(point, own, metric);
  return mine.slice(0, theirs.length).map((value, index) => [value, theirs[index] ?? Number.NaN] as const);
}
