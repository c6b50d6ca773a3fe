import type { PoolLoad, RoutedPool, RoutingSlice } from "@sluice/contracts";
import { PoolRouter } from "./pool-router.ts";
import type { RouterPorts } from "./ports.ts";
import type { RouterOptions } from "./router-options.ts";

/** All pools of a set of slices, each with its router; a pool keeps its router, line and counts over slice changes. */
export class PoolRouters {
  readonly #ports: RouterPorts;
  readonly #options: Partial<RouterOptions>;
  readonly #routers = new Map<string, PoolRouter>();
  /** Pools that left the slices with requests still running: they count in the load until the last one ends. */
  readonly #leaving = new Set<PoolRouter>();

  /** `options.nodeId`: the node of this process, whose replicas are preferred. */
  constructor(ports: RouterPorts, options: Partial<RouterOptions> = {}) {
    this.#ports = ports;
    this.#options = options;
  }

  /**
   * Brings routers in line with the slices: all there are. Waiters of a vanished pool are refused with `closed`, after all
   * other pools are up to date, so that they may turn to another one at once.
   */
  update(slices: Iterable<RoutingSlice>): void {
    const pools = new Map<string, RoutedPool>();
    for (const slice of slices) for (const pool of Object.values(slice.pools)) pools.set(pool.poolId, pool);
    for (const pool of pools.values()) {
      const known = this.#routers.get(pool.poolId);
      if (known === undefined) this.#routers.set(pool.poolId, new PoolRouter(pool, this.#ports, this.#options));
      else known.update(pool);
    }
    for (const [poolId, router] of this.#routers) {
      if (pools.has(poolId)) continue;
      this.#routers.delete(poolId);
      router.update({ backends: [], maxOngoingRequests: 0, maxQueuedRequests: 0 });
      router.close();
      this.#leaving.add(router);
    }
  }

  get(poolId: string): PoolRouter | undefined {
    return this.#routers.get(poolId);
  }

  /** The routers of all pools in the slices, for their counts. */
  all(): Iterable<PoolRouter> {
    return this.#routers.values();
  }

  /** One gauge per pool, idle ones included: a router that is silent about a pool has no data, not zero. */
  load(): PoolLoad[] {
    for (const router of this.#leaving) if (router.load().sent === 0) this.#leaving.delete(router);
    return [...this.#routers.values(), ...this.#leaving].map((router) => router.load());
  }

  close(): void {
    for (const router of this.#routers.values()) router.close();
  }
}
