import { SluiceError } from "@sluice/contracts";
import type { PoolReplica, PoolRouter, Waiter, WaitRefusal } from "@sluice/router";
import { callerGone } from "./call-errors.ts";

/** One request's claim on a pool: it keeps its place in the line over retries, and leaves it when the caller goes. */
export class ReplicaClaim {
  readonly #router: PoolRouter;
  readonly #waiter: Waiter;
  #excluded: Set<string> | null = null;
  #settle: { resolve: (replica: PoolReplica) => void; reject: (error: Error) => void } | undefined;

  constructor(router: PoolRouter, deadlineMs: number) {
    this.#router = router;
    const claim = { excludedNow: () => this.#excluded };
    this.#waiter = {
      order: -1,
      deadlineMs,
      get excluded() {
        return claim.excludedNow();
      },
      onGrant: (replica) => this.#settle?.resolve(replica),
      onRefuse: (refusal) => this.#settle?.reject(refusalError(refusal, router.poolId)),
    };
  }

  /** A replica that this request must not see again. */
  exclude(replicaId: string): void {
    this.#excluded = new Set([...(this.#excluded ?? []), replicaId]);
  }

  async acquire(): Promise<PoolReplica> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#router.wait(this.#waiter);
    });
  }

  /** The caller has gone. A replica that was already granted stays the caller's to release. */
  abandon(): void {
    if (this.#router.cancel(this.#waiter)) {
      this.#settle?.reject(callerGone());
    }
  }
}

function refusalError(refusal: WaitRefusal, poolId: string): SluiceError {
  switch (refusal) {
    case "queue_full":
      return new SluiceError({
        code: "gateway/queue_full",
        publicMessage: `Too many requests wait for ${poolId} already.`,
      });
    case "deadline":
      return new SluiceError({
        code: "gateway/deadline",
        publicMessage: `The deadline passed while waiting for ${poolId}.`,
      });
    case "closed":
      return new SluiceError({ code: "gateway/no_ready_replica", publicMessage: `The pool ${poolId} is gone.` });
  }
}
