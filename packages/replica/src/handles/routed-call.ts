import type { PoolReplica, PoolRouter, TryOutcome, Waiter, WaitRefusal } from "@sluice/router";
import { RejectCode, WireError } from "@sluice/wire";
import type { ClientConnection, Reject } from "@sluice/wire";
import { lostReplica, refusalError, timeoutError } from "./call-errors.ts";
import { CallLife } from "./call-life.ts";

/** A replica that drains or is not ready is left alone for this long. */
const downMs = 1_000;

/**
 * Where a call goes: finds its pool, waits for a replica, and tries another one where that is safe. Every grant of the router is paid
 * back exactly once.
 */
export abstract class RoutedCall extends CallLife implements Waiter {
  order = -1;
  excluded: ReadonlySet<string> | null = null;
  protected router: PoolRouter | undefined;
  /** Granted and not yet paid back. */
  protected replica: PoolReplica | undefined;
  /** Tries that failed. */
  protected attempts = 0;
  #deaths = 0;

  /** Writes the call. A throw says that nothing was written. */
  protected abstract send(connection: ClientConnection): void;
  /** The try is over: what was written for it counts no more. */
  protected abstract forgetTry(): void;

  protected findPool(): void {
    if (this.isOver) return;
    const { slices, routers, launch } = this.host;
    const { application } = launch;
    const { deployment } = this.target;
    const pool = slices.find(application, this.revision, deployment);
    const router = pool === undefined ? undefined : routers.get(pool.poolId);
    if (router === undefined || router.isClosed) {
      this.stopWaiting = slices.waitFor(
        { application, revision: this.revision, deployment },
        this.deadlineMs,
        () => this.findPool(),
        (error) => this.fail(error ?? timeoutError(`before ${this.name} could be sent`)),
      );
      return;
    }
    this.router = router;
    this.order = -1;
    router.wait(this);
  }

  // What the router says.

  onGrant(replica: PoolReplica): void {
    this.replica = replica;
    const { connections } = this.host;
    const connection = connections.openTo(replica.replicaId);
    if (connection !== undefined) return this.#trySend(replica, connection);
    if (this.router !== undefined) this.host.bindReplica(replica.replicaId, this.router);
    connections.dial(replica.backend).then(
      (dialled) => this.#trySend(replica, dialled),
      (error: unknown) => this.#onNotSent(replica, error),
    );
  }

  onRefuse(refusal: WaitRefusal): void {
    // The pool is gone and nothing was sent: the one that took over, if there is one, serves.
    if (refusal === "closed") return this.findPool();
    this.fail(refusalError(refusal, this.name));
  }

  // What the wire says.

  onReject(reject: Reject): void {
    const replica = this.takeReplica();
    if (replica === undefined || this.router === undefined) return;
    if (reject.code === RejectCode.atCapacity) this.router.reject(replica, reject.ongoing);
    else {
      this.router.abandon(replica);
      this.#leaveAlone(replica);
    }
    if (!this.isOver) this.router.wait(this);
  }

  onError(error: WireError): void {
    const replica = this.takeReplica();
    if (replica === undefined || this.router === undefined) return;
    const isLate = error.code === "deadline_exceeded";
    if (!isLate && error.code !== "cancelled") return this.#onTryFailed(this.router, replica, error);
    this.router.release(replica, false);
    this.fail(
      isLate ? timeoutError(`during ${this.name}`, error) : lostReplica(this.name, "it broke the answer off", error),
    );
  }

  protected takeReplica(): PoolReplica | undefined {
    const { replica } = this;
    this.replica = undefined;
    this.forgetTry();
    return replica;
  }

  protected payBack(isAnswered: boolean): void {
    const { replica } = this;
    this.replica = undefined;
    if (replica !== undefined) this.router?.release(replica, isAnswered);
  }

  #trySend(replica: PoolReplica, connection: ClientConnection): void {
    if (this.isOver) return;
    try {
      this.send(connection);
    } catch (error) {
      this.#onNotSent(replica, error);
    }
  }

  #onNotSent(replica: PoolReplica, error: unknown): void {
    if (this.replica !== replica || this.router === undefined) return;
    this.replica = undefined;
    const isOfReplica = error instanceof WireError && error.code !== "head_too_large";
    if (isOfReplica) return this.#onTryFailed(this.router, replica, error);
    this.router.abandon(replica);
    this.fail(error);
  }

  #onTryFailed(router: PoolRouter, replica: PoolReplica, error: WireError): void {
    const outcome = outcomeOf(error);
    // The only replica cannot be reached: the call waits for it or for its successor.
    if (outcome === "taken" || router.replicaCount > 1) this.attempts += 1;
    if (outcome === "taken") this.#deaths += 1;
    if (outcome === "above_goaway") {
      router.abandon(replica);
      this.#leaveAlone(replica);
    } else router.fail(replica, outcome === "taken" ? "lost" : "unreachable");
    if (this.isOver) return;
    const decision = router.planRetry({
      outcome,
      attempts: this.attempts,
      deaths: this.#deaths,
      method: "CALL",
      responseStarted: this.answer.hasBegun,
    });
    if (!decision.retry) return this.fail(lostReplica(this.name, decision.reason, error));
    this.#exclude(replica.replicaId);
    router.wait(this);
  }

  #leaveAlone({ replicaId }: PoolReplica): void {
    this.router?.markDown(replicaId, downMs);
    this.#exclude(replicaId);
  }

  #exclude(replicaId: string): void {
    this.excluded = new Set([...(this.excluded ?? []), replicaId]);
  }
}

function outcomeOf(error: WireError): TryOutcome {
  if (error.outcome === "taken") return "taken";
  if (error.code === "not_begun") return "never_begun";
  return error.code === "going_away" ? "above_goaway" : "never_written";
}
