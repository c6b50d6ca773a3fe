/** Runs workloads against peers: rounds, sides alternating inside each. */
import { loadavg } from "node:os";
import { Results, type Settings, type Workload } from "./measurement.ts";
import type { Peer, RunningPeer } from "./peers/peer.ts";
import { startPeer, stopPeers } from "./running-peers.ts";
import { warmUp } from "./warm-up.ts";

export interface BenchRun {
  readonly results: Results;
  /** Sides that could not take part, and why. */
  readonly skipped: readonly { readonly side: string; readonly reason: string }[];
  /** Load average of one minute before each round. */
  readonly loads: readonly number[];
}

export interface BenchOptions {
  readonly peers: readonly Peer[];
  readonly workloads: readonly Workload[];
  readonly settings: Settings;
  readonly log: (line: string) => void;
}

/**
 * Each round measures every side once. Sides whose processes cost CPU at rest run alone, one after the other; the rest run side by
 * side and alternate at each point within seconds, so that what drifts on the machine meets them alike.
 */
export async function runBench({ peers, workloads, settings, log }: BenchOptions): Promise<BenchRun> {
  const results = new Results();
  const present: Peer[] = [];
  const skipped: { side: string; reason: string }[] = [];
  for (const peer of peers) {
    const reason = await peer.missing();
    if (reason === undefined) present.push(peer);
    else skipped.push({ side: peer.name, reason });
  }
  for (const { side, reason } of skipped) log(`${side} is left out: ${reason}`);
  const groups = [
    ...present.filter(({ runsAlone }) => runsAlone).map((peer) => [peer]),
    present.filter(({ runsAlone }) => !runsAlone),
  ].filter((group) => group.length > 0);
  const loads: number[] = [];
  for (let round = 0; round < settings.repetitions; round += 1) {
    loads.push(loadavg()[0] ?? Number.NaN);
    log(`round ${String(round + 1)} of ${String(settings.repetitions)}, load ${(loads.at(-1) ?? 0).toFixed(2)}`);
    for (const group of groups) {
      await measureGroup(rotate(group, round), { workloads, settings, results, log });
    }
  }
  return { results, skipped, loads };
}

interface GroupTask {
  readonly workloads: readonly Workload[];
  readonly settings: Settings;
  readonly results: Results;
  readonly log: (line: string) => void;
}

async function measureGroup(group: readonly Peer[], task: GroupTask): Promise<void> {
  const running: RunningPeer[] = [];
  try {
    for (const peer of group) running.push(await startPeer(peer));
    for (const peer of running) await warmUp(peer);
    for (const { points } of task.workloads) {
      for (const point of points) {
        for (const peer of running) {
          if (!point.fits(peer)) continue;
          const sample = await point.measure(peer, task.settings);
          task.results.add(point.id, peer.name, sample);
          const values = Object.entries(sample.values).map(([name, value]) => `${name} ${value.toFixed(2)}`);
          const errors = sample.errors === 0 ? "" : `  ERRORS ${String(sample.errors)}`;
          task.log(`  ${point.id.padEnd(18)} ${peer.name.padEnd(20)} ${values.join("  ")}${errors}`);
        }
      }
    }
  } finally {
    await stopPeers();
  }
}

/** Another side begins in each round: none always runs on what another left behind. */
function rotate<T>(list: readonly T[], by: number): readonly T[] {
  const shift = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(shift), ...list.slice(0, shift)];
}
