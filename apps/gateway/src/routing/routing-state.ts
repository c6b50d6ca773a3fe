/**
 * Everything a request needs to be routed, swapped as a whole: a request sees either the slices before an update or those
 * after it. Pools keep their routers, so counts and waiting requests survive the swap.
 */
import type { RoutedPool, RoutingSnapshot, SliceVersion } from "@sluice/contracts";
import {
  compileRoutes,
  foldSlices,
  PoolRouters,
  type PoolRouter,
  type RouterPorts,
  type RouteTable,
  type SliceBook,
  type SliceUpdate,
} from "@sluice/router";

export class RoutingState {
  readonly pools: PoolRouters;
  #book: SliceBook = new Map();
  #table: RouteTable = compileRoutes([]);
  #epoch = 0;
  #isPopulated = false;
  /** A replica belongs to exactly one pool. */
  #poolOfReplica = new Map<string, PoolRouter>();

  constructor(ports: RouterPorts) {
    this.pools = new PoolRouters(ports);
  }

  get table(): RouteTable {
    return this.#table;
  }

  /** False until the first snapshot, from disk or from the controller: before that nothing is known, not "no routes". */
  get isPopulated(): boolean {
    return this.#isPopulated;
  }

  /** Takes an update; repeated and outdated slices change nothing. */
  apply(update: SliceUpdate): void {
    this.#book = foldSlices(this.#book, update);
    this.#epoch = Math.max(this.#epoch, update.epoch);
    this.#table = compileRoutes(this.#book.values());
    this.pools.update(this.#book.values());
    this.#poolOfReplica = new Map();
    for (const { pool, router } of this.pooled()) {
      for (const backend of pool.backends) this.#poolOfReplica.set(backend.replicaId, router);
    }
    this.#isPopulated = true;
  }

  /** For the disk. */
  snapshot(): RoutingSnapshot {
    return { epoch: this.#epoch, slices: [...this.#book.values()] };
  }

  /** What is in force for new requests. */
  versions(): SliceVersion[] {
    return [...this.#book.values()].map(({ application, epoch, version }) => ({ application, epoch, version }));
  }

  /** Every pool of every slice with its router. */
  *pooled(): Generator<{ readonly application: string; readonly pool: RoutedPool; readonly router: PoolRouter }> {
    for (const slice of this.#book.values()) {
      for (const pool of Object.values(slice.pools)) {
        const router = this.pools.get(pool.poolId);
        if (router !== undefined) yield { application: slice.application, pool, router };
      }
    }
  }

  /** The pool of a replica that a slice still names. */
  poolOf(replicaId: string): PoolRouter | undefined {
    return this.#poolOfReplica.get(replicaId);
  }

  /** Replicas that any slice still names. */
  replicaIds(): ReadonlySet<string> {
    return new Set(this.#poolOfReplica.keys());
  }
}
