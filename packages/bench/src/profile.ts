/** `npm run profile -- <workload> ...`: where gateway and replica spend their time under a workload. Measures nothing. */
import type { Point } from "./measurement.ts";
import type { DataPath, RunningPeer } from "./peers/peer.ts";
import { sluice } from "./peers/sluice.ts";
import { profileProcess } from "./product/profile-process.ts";
import { allWorkloads } from "./workloads/index.ts";

const watchedMs = 3000;
const shownLines = 14;

/** Application whose replica is watched, by workload. */
const applications: Readonly<Record<string, string>> = {
  noop: "noop",
  bodies: "bodies",
  stream: "stream",
  pipeline: "pipeline",
  batching: "mlp",
};

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const wanted = process.argv.slice(2);
const chosen = allWorkloads.filter(({ id }) => wanted.includes(id) && id in applications);

if (chosen.length === 0) {
  print(`usage: npm run profile -- ${Object.keys(applications).join(" | ")} ...`);
  process.exitCode = 2;
} else {
  await using peer = await sluice.start();
  for (const { id, points } of chosen) {
    const pids = await peer.dataPathPids?.(applications[id] ?? id);
    for (const point of points) if (pids !== undefined && point.fits(peer)) await profilePoint(peer, point, pids);
  }
}

async function profilePoint(peer: RunningPeer, point: Point, pids: DataPath): Promise<void> {
  const processes = [
    ...pids.gateway.map((pid) => ["gateway", pid] as const),
    ...pids.replica.map((pid) => ["replica", pid] as const),
  ];
  // The warm-up of the point, and what opening an inspector takes, come on top of the time watched.
  const seconds = Math.ceil((processes.length * (watchedMs + 1500)) / 1000);
  const load = point.measure(peer, { repetitions: 1, seconds });
  await new Promise<void>((resolve) => setTimeout(resolve, 1500));
  for (const [what, pid] of processes) {
    const { busy, lines } = await profileProcess(pid, watchedMs);
    print(`\n${point.id}: ${what} ${String(pid)}, busy ${(100 * busy).toFixed(0)} % of the time`);
    for (const { name, share } of lines.slice(0, shownLines))
      print(`  ${(100 * share).toFixed(1).padStart(5)} %  ${name}`);
  }
  const { values } = await load;
  print(`  ${JSON.stringify(values)}`);
}
