import { SluiceError } from "@sluice/contracts";
import type { RoutedPool, RoutingSlice } from "@sluice/contracts";
import { foldSlices, resolvePool } from "@sluice/router";
import type { SliceBook } from "@sluice/router";

/** A gateway may know a new revision a moment before this node's agent does. */
const waitForSliceMs = 5_000;

/** The newest slices this host was told; a host that lost its agent keeps the last. */
export class KnownSlices {
  #book: SliceBook = new Map();
  readonly #listeners = new Set<() => void>();

  /** Takes newer slices; answers all there are. */
  update(slices: readonly RoutingSlice[]): readonly RoutingSlice[] {
    const epoch = Math.max(0, ...slices.map((slice) => slice.epoch));
    this.#book = foldSlices(this.#book, { epoch, full: false, slices, removed: [] });
    return [...this.#book.values()];
  }

  /** Tells those who wait for news; after the routers have them. */
  announce(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** The pool of a deployment in a revision, if it is known now. */
  find(application: string, revision: number, deployment: string): RoutedPool | undefined {
    const slice = this.#book.get(application);
    return slice === undefined ? undefined : resolvePool(slice, revision, deployment);
  }

  /** The pools of these deployments in all live revisions of an application. */
  poolIdsOf(application: string, deployments: ReadonlySet<string>): Set<string> {
    const pools = Object.values(this.#book.get(application)?.pools ?? {});
    return new Set(pools.filter(({ deployment }) => deployments.has(deployment)).map(({ poolId }) => poolId));
  }

  /**
   * Calls `onPool` as soon as the pool is known, or `onTimeout` when it is not within 5 s or before `deadlineMs` (clock of
   * `performance.now()`): with the reason in the former case, without one in the latter. The returned function ends the wait.
   */
  waitFor(
    wanted: { readonly application: string; readonly revision: number; readonly deployment: string },
    deadlineMs: number,
    onPool: (pool: RoutedPool) => void,
    onTimeout: (error: SluiceError | undefined) => void,
  ): () => void {
    const { application, revision, deployment } = wanted;
    const stop = (): void => {
      clearTimeout(timer);
      this.#listeners.delete(look);
    };
    const look = (): void => {
      const pool = this.find(application, revision, deployment);
      if (pool === undefined) return;
      stop();
      onPool(pool);
    };
    const leftMs = deadlineMs - performance.now();
    const timer = setTimeout(
      () => {
        stop();
        const publicMessage = `Revision ${revision} of ${application} has no pool for the deployment ${deployment} here yet.`;
        const error = new SluiceError({ code: "gateway/no_ready_replica", publicMessage });
        onTimeout(leftMs < waitForSliceMs ? undefined : error);
      },
      Math.max(0, Math.min(waitForSliceMs, leftMs)),
    );
    this.#listeners.add(look);
    return stop;
  }
}
