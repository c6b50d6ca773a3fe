/**
 * Cost of one tryAcquire + release of a PoolRouter, and what it allocates.
 * Run: node --expose-gc --import tsx packages/router/bench/pick.ts [replicas = 4] [rounds = 25]
 */
import type { RoutedPool } from "@sluice/contracts";
import { PoolRouter } from "../src/index.ts";
import type { PoolReplica, Waiter } from "../src/index.ts";

const replicaCount = Number(process.argv[2] ?? 4);
const rounds = Number(process.argv[3] ?? 25);
const iterations = 1_000_000;

const pool: RoutedPool = {
  poolId: "p",
  deployment: "d",
  maxOngoingRequests: 100,
  maxQueuedRequests: -1,
  backends: Array.from({ length: replicaCount }, (_, index) => ({
    kind: "wire" as const,
    replicaId: `replica-${String(index)}`,
    nodeId: "node-1",
    address: { kind: "unix" as const, path: `/run/${String(index)}.sock` },
  })),
};
let seed = 1;
const router = new PoolRouter(pool, {
  now: () => performance.now(),
  random: () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return seed / 0x8000_0000;
  },
  after: () => () => undefined,
});
const waiter: Waiter = {
  order: -1,
  deadlineMs: Number.POSITIVE_INFINITY,
  excluded: null,
  onGrant: () => undefined,
  onRefuse: () => undefined,
};
// CPU time, not wall time: other processes of the machine count less.
/** So many requests run at once, so that loads differ. */
const running: PoolReplica[] = [];
for (let index = 0; index < 16; index += 1) {
  const replica = router.tryAcquire(waiter);
  if (replica !== undefined) running.push(replica);
}

const nanoseconds: number[] = [];
for (let round = 0; round <= rounds; round += 1) {
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const before = process.cpuUsage();
  for (let index = 0; index < iterations; index += 1) {
    const at = index & 15;
    const ended = running[at];
    if (ended !== undefined) router.release(ended);
    waiter.order = -1;
    const granted = router.tryAcquire(waiter);
    if (granted !== undefined) running[at] = granted;
  }
  const { user, system } = process.cpuUsage(before);
  const perCallNs = ((user + system) * 1_000) / iterations;
  const heapBytes = process.memoryUsage().heapUsed - heapBefore;
  // The first round warms up.
  if (round > 0) nanoseconds.push(perCallNs);
  if (round === rounds) {
    nanoseconds.sort((a, b) => a - b);
    const median = nanoseconds[Math.floor(nanoseconds.length / 2)] ?? 0;
    console.log(
      `${String(replicaCount)} replicas: ${median.toFixed(1)} ns per pick and release (best ${(nanoseconds[0] ?? 0).toFixed(1)}), ` +
        `${(heapBytes / iterations).toFixed(2)} heap bytes per call`,
    );
  }
}
