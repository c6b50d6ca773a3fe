import { BatchQueue } from "../src/batch/batch-queue.ts";
import { planBatchSettings } from "../src/batch/batch-settings.ts";
import type { BatchOptions } from "../src/batch/batch-settings.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** What calls: independent arrivals at a rate, or clients that call again once they are answered. */
export type Load = { readonly perSecond: number } | { readonly clients: number };

export interface Simulated {
  readonly p99Ms: number;
  readonly p50Ms: number;
  readonly perSecond: number;
  readonly meanSize: number;
  /** Share of the time in which a batch ran: what the work cost. */
  readonly busy: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** A model whose batch takes fixedMs + perItemMs * size, give or take 10 %. */
export interface SimulatedModel {
  readonly fixedMs: number;
  readonly perItemMs: number;
}

/** mulberry32: the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Runs a queue in virtual time; the first `warmUpMs` are not counted. */
export async function simulateBatches(
  options: BatchOptions,
  model: SimulatedModel,
  load: Load,
  { seconds = 20, warmUpMs = 2_000, seed = 1 } = {},
): Promise<Simulated> {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const latencies: number[] = [];
  const sizes: number[] = [];
  const reasons: Record<string, number> = {};
  let busyMs = 0;
  const untilMs = warmUpMs + seconds * 1_000;
  const queue = new BatchQueue<{ readonly startedMs: number }>({
    settings: planBatchSettings(options),
    ports: clock,
    drop: () => undefined,
    run: (items, { reason, size }) => {
      const tookMs = (model.fixedMs + model.perItemMs * size) * (0.9 + 0.2 * random());
      const isCounted = clock.now() >= warmUpMs;
      if (isCounted) {
        sizes.push(size);
        reasons[reason] = (reasons[reason] ?? 0) + 1;
        busyMs += tookMs;
      }
      return new Promise((resolve) => {
        clock.after(tookMs, () => {
          for (const { startedMs } of items) if (startedMs >= warmUpMs) latencies.push(clock.now() - startedMs);
          // A client needs a moment to send again.
          if ("clients" in load) for (const _ of items) clock.after(0.2 + 0.6 * random(), call);
          resolve();
        });
      });
    },
  });
  const call = (): void => {
    if (clock.now() < untilMs) queue.add({ startedMs: clock.now() });
  };
  const arrive = (meanGapMs: number): void => {
    call();
    if (clock.now() < untilMs) clock.after(-Math.log(1 - random()) * meanGapMs, () => arrive(meanGapMs));
  };
  if ("clients" in load) for (let client = 0; client < load.clients; client += 1) clock.after(random() * 10, call);
  else arrive(1_000 / load.perSecond);
  await clock.runUntil(untilMs);
  latencies.sort((left, right) => left - right);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return {
    p99Ms: at(0.99),
    p50Ms: at(0.5),
    perSecond: latencies.length / seconds,
    meanSize: sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
    busy: busyMs / (seconds * 1_000),
    reasons,
  };
}
