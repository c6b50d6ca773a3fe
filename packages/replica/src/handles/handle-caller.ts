import { SluiceError } from "@sluice/contracts";
import type { HostLaunch, RoutingSlice } from "@sluice/contracts";
import { decideRetry, PoolRouters } from "@sluice/router";
import type { PoolReplica, PoolRouter, TryOutcome } from "@sluice/router";
import { callHead, Encoding, RejectedError, requestAnswer, WireError } from "@sluice/wire";
import type { CallHead } from "@sluice/wire";
import { bodyLimitBytes } from "../serve/read-request.ts";
import { ReplicaClaim } from "./acquire-replica.ts";
import { callError, callerGone, errorOfRemote } from "./call-errors.ts";
import { currentRequest } from "./request-context.ts";
import type { RequestContext } from "./request-context.ts";
import { KnownSlices } from "./slice-book.ts";
import { WireConnections } from "./wire-connections.ts";

/** A replica that could not be reached is left alone for this long. */
const downMs = 1_000;

/** Calls from this replica to other deployments of its application, with the router that gateways use. */
export class HandleCaller {
  readonly #launch: HostLaunch;
  readonly #slices = new KnownSlices();
  readonly #routers: PoolRouters;
  readonly #connections: WireConnections;
  readonly #poolOf = new Map<string, PoolRouter>();

  constructor(launch: HostLaunch) {
    this.#launch = launch;
    this.#routers = new PoolRouters({
      now: () => performance.now(),
      random: Math.random,
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    });
    this.#connections = new WireConnections(launch.replicaId, {
      onSlot: (replicaId, slot, connection) => {
        const router = this.#poolOf.get(replicaId);
        if (router === undefined || router.queued === 0) connection.returnSlot(slot);
        else router.announceSlot(replicaId);
      },
      onClose: (replicaId) => void this.#poolOf.delete(replicaId),
    });
  }

  updateSlices(slices: readonly RoutingSlice[]): void {
    this.#routers.update(this.#slices.update(slices));
  }

  /** Calls a method and answers its value. Stays in the revision, deadline and cancellation of the current request. */
  async call(deployment: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const context = currentRequest();
    const { application, revision } = this.#launch;
    const inRevision = context?.request.head.revision ?? revision;
    const pool = await this.#slices.pool(application, inRevision, deployment);
    const router = this.#routers.get(pool.poolId);
    if (router === undefined)
      throw new SluiceError({ code: "gateway/no_ready_replica", publicMessage: `The pool of ${deployment} is gone.` });
    const head = this.#headOf(context, inRevision, deployment, method);
    return this.#send(router, head, Buffer.from(JSON.stringify(args)), context);
  }

  async close(): Promise<void> {
    this.#routers.close();
    await this.#connections.close();
  }

  #headOf(context: RequestContext | undefined, revision: number, deployment: string, method: string): CallHead {
    const caller = this.#launch.deployment;
    const own = {
      application: this.#launch.application,
      revision,
      deployment,
      caller,
      method,
      encoding: Encoding.json,
    };
    if (context === undefined) return callHead(own);
    const { requestId, traceparent, stickyKey, multiplexedModelId, splitChoices, extras } = context.request.head;
    const leftMs =
      context.deadlineAtMs === Infinity ? 0 : Math.max(1, Math.ceil(context.deadlineAtMs - performance.now()));
    return callHead({
      ...own,
      requestId,
      traceparent,
      stickyKey,
      multiplexedModelId,
      splitChoices,
      extras,
      deadlineMs: leftMs,
    });
  }

  /** Tries until it is answered or may not be tried again. REJECT only waits; it is no try. */
  async #send(router: PoolRouter, head: CallHead, body: Buffer, context: RequestContext | undefined): Promise<unknown> {
    const claim = new ReplicaClaim(router, context?.deadlineAtMs ?? Infinity);
    context?.request.onCancel(() => claim.abandon());
    let attempts = 0;
    let deaths = 0;
    for (;;) {
      if (context?.request.gone !== undefined) throw callerGone();
      const replica = await claim.acquire();
      try {
        const value = await this.#tryOn(router, replica, { ...head, attempt: Math.min(attempts, 255) }, body, context);
        router.release(replica);
        return value;
      } catch (error) {
        if (!(error instanceof WireError)) {
          router.release(replica);
          throw error;
        }
        if (error instanceof RejectedError) {
          router.reject(replica, error.reject.ongoing);
          continue;
        }
        router.abandon(replica);
        if (context?.request.gone !== undefined) throw callerGone();
        const outcome: TryOutcome =
          error.outcome === "taken" ? "taken" : error.code === "going_away" ? "above_goaway" : "never_written";
        attempts += 1;
        if (outcome === "taken") deaths += 1;
        else router.markDown(replica.replicaId, downMs);
        const decision = decideRetry({ outcome, attempts, deaths, method: "CALL", responseStarted: false });
        if (!decision.retry) throw callError(error, head, decision.reason);
        claim.exclude(replica.replicaId);
      }
    }
  }

  async #tryOn(
    router: PoolRouter,
    replica: PoolReplica,
    head: CallHead,
    body: Buffer,
    context: RequestContext | undefined,
  ): Promise<unknown> {
    const connection = await this.#connections.to(replica.backend);
    this.#poolOf.set(replica.replicaId, router);
    const answer = await requestAnswer(connection, head, body, (giveUp) => {
      context?.request.onCancel((gone) => giveUp(gone.text));
    });
    const bytes = await answer.body.collect(bodyLimitBytes);
    if (answer.head.kind !== "call") throw new WireError("protocol_error", "an HTTP answer to a call");
    if (answer.head.error !== undefined) throw errorOfRemote(answer.head.error);
    return answer.head.encoding === Encoding.json && bytes.length > 0 ? JSON.parse(bytes.toString("utf8")) : undefined;
  }
}
