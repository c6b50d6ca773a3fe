import type { Backend, RoutedPool, RoutingSlice } from "@sluice/contracts";
import type { RouterPorts } from "../src/pool/ports.ts";

export function buildBackend(replicaId: string, nodeId = "n1"): Backend {
  return { kind: "wire", replicaId, nodeId, address: { kind: "unix", path: `/run/${replicaId}.sock` } };
}

export function buildPool(overrides: Partial<RoutedPool> & { replicas?: readonly string[] } = {}): RoutedPool {
  const { replicas = ["a", "b"], ...rest } = overrides;
  return {
    poolId: "p1",
    deployment: "d",
    maxOngoingRequests: 2,
    maxQueuedRequests: -1,
    backends: replicas.map((replicaId) => buildBackend(replicaId)),
    ...rest,
  };
}

export function buildSlice(overrides: Partial<RoutingSlice> = {}): RoutingSlice {
  return {
    application: "app",
    applicationId: "app-1",
    epoch: 1,
    version: 1,
    routePrefix: "/",
    variants: [{ variant: "r1", revision: 1, weight: 100 }],
    revisions: { "1": { ingress: "d", pools: { d: "p1" } } },
    pools: { p1: buildPool() },
    message: "",
    ...overrides,
  };
}

/** Time that moves only when told; timers run in order of their time. */
export class FakePorts implements RouterPorts {
  nowMs = 0;
  readonly #random: () => number;
  #timers: { atMs: number; run: () => void }[] = [];

  constructor(random: () => number = () => 0) {
    this.#random = random;
  }

  now(): number {
    return this.nowMs;
  }

  random(): number {
    return this.#random();
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#timers = this.#timers.filter((other) => other !== next);
      next.run();
    }
    this.nowMs = endMs;
  }
}
