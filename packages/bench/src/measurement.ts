/** What a run measures and what came of it. Pure types and look-ups. */
import type { RunningPeer } from "./peers/peer.ts";

export interface Settings {
  readonly repetitions: number;
  /** Of one measurement, after its warm-up. */
  readonly seconds: number;
}

/** One measurement of one side. */
export interface Sample {
  readonly values: Readonly<Record<string, number>>;
  readonly errors: number;
}

/** A value that a point measures, with its unit. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
}

/** One row of questions within a workload: so many connections, such a size. */
export interface Point {
  readonly id: string;
  readonly label: string;
  readonly metrics: readonly Metric[];
  /** Whether this side has what the point asks for. */
  fits(peer: RunningPeer): boolean;
  measure(peer: RunningPeer, settings: Settings): Promise<Sample>;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly method: string;
  readonly points: readonly Point[];
}

/** Samples by point and side, in the order of the repetitions. */
export class Results {
  readonly #samples = new Map<string, Map<string, Sample[]>>();

  add(point: string, side: string, sample: Sample): void {
    const sides = this.#samples.get(point) ?? new Map<string, Sample[]>();
    this.#samples.set(point, sides);
    sides.set(side, [...(sides.get(side) ?? []), sample]);
  }

  sides(point: string): readonly string[] {
    return [...(this.#samples.get(point)?.keys() ?? [])];
  }

  samples(point: string, side: string): readonly Sample[] {
    return this.#samples.get(point)?.get(side) ?? [];
  }

  /** One metric of one side, repetition by repetition. */
  values(point: string, side: string, metric: string): readonly number[] {
    return this.samples(point, side).map(({ values }) => values[metric] ?? Number.NaN);
  }

  errors(point: string, side: string): number {
    return this.samples(point, side).reduce((sum, { errors }) => sum + errors, 0);
  }
}
