import { SluiceError } from "@sluice/contracts";
import type { RoutedPool, RoutingSlice } from "@sluice/contracts";
import { foldSlices, resolvePool } from "@sluice/router";
import type { SliceBook } from "@sluice/router";

/** A gateway may know a new revision a moment before this node's agent does. */
const waitForSliceMs = 5_000;

/** The newest slices this host was told; a host that lost its agent keeps the last. */
export class KnownSlices {
  #book: SliceBook = new Map();
  #listeners: (() => void)[] = [];

  /** Takes newer slices; answers all there are. */
  update(slices: readonly RoutingSlice[]): readonly RoutingSlice[] {
    const epoch = Math.max(0, ...slices.map((slice) => slice.epoch));
    this.#book = foldSlices(this.#book, { epoch, full: false, slices, removed: [] });
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
    return [...this.#book.values()];
  }

  /** The pool of a deployment in a revision; waits a little for news before it gives up with 503. */
  async pool(application: string, revision: number, deployment: string): Promise<RoutedPool> {
    const deadlineMs = performance.now() + waitForSliceMs;
    for (;;) {
      const slice = this.#book.get(application);
      const pool = slice === undefined ? undefined : resolvePool(slice, revision, deployment);
      if (pool !== undefined) return pool;
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0 || !(await this.#changedWithin(leftMs))) {
        const publicMessage = `Revision ${revision} of ${application} has no pool for the deployment ${deployment} here yet.`;
        throw new SluiceError({ code: "gateway/no_ready_replica", publicMessage });
      }
    }
  }

  async #changedWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      this.#listeners.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
