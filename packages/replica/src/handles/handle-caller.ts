import { memberName } from "@sluice/contracts";
import type { HostLaunch, PoolLoad, RoutingSlice } from "@sluice/contracts";
import { PoolRouters } from "@sluice/router";
import type { CountedPool, PoolRouter } from "@sluice/router";
import { awaitArguments } from "./await-arguments.ts";
import type { CallHost, CallOutcome } from "./call-host.ts";
import type { CallTarget } from "./call-target.ts";
import { hostedRequest } from "./hosted-request.ts";
import { RemoteCall } from "./remote-call.ts";
import { ResultPromise } from "./result-promise.ts";
import type { ResultStream } from "./result-stream.ts";
import { KnownSlices } from "./slice-book.ts";
import { noTls, WireConnections } from "./wire-connections.ts";
import type { TlsTo } from "./wire-connections.ts";

/** Calls from this replica to other deployments of its application, with the router that gateways use. */
export class HandleCaller {
  readonly #host: CallHost;
  readonly #slices = new KnownSlices();
  readonly #routers: PoolRouters;
  readonly #connections: WireConnections;
  readonly #routerOf = new Map<string, PoolRouter>();
  /** Deployments that this replica may call. */
  readonly #outbound = new Set<string>();

  constructor(launch: HostLaunch, tlsTo: TlsTo = noTls) {
    this.#routers = new PoolRouters({
      now: () => performance.now(),
      random: Math.random,
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    });
    this.#connections = new WireConnections(memberName(launch), {
      onSlot: (replicaId, slot, connection) => {
        const router = this.#routerOf.get(replicaId);
        if (router === undefined || router.queued === 0) connection.returnSlot(slot);
        else router.announceSlot(replicaId);
      },
      onModels: (replicaId, modelIds) => this.#routerOf.get(replicaId)?.setModels(replicaId, modelIds),
      onClose: (replicaId) => void this.#routerOf.delete(replicaId),
      tlsTo,
    });
    this.#host = {
      launch,
      slices: this.#slices,
      routers: this.#routers,
      connections: this.#connections,
      bindReplica: (replicaId, router) => void this.#routerOf.set(replicaId, router),
    };
  }

  updateSlices(slices: readonly RoutingSlice[]): void {
    this.#routers.update(this.#slices.update(slices));
    this.#slices.announce();
  }

  /** A handle to this deployment was made: its pools' load is reported from now on, also while it is zero. */
  addOutbound(deployment: string): void {
    this.#outbound.add(deployment);
  }

  /** All pools that handles were ever sent to, as their routers count them. */
  all(): Iterable<CountedPool> {
    return this.#outbound.size === 0 ? [] : this.#routers.all();
  }

  /** The load of the pools that this replica may call: its part of the T of autoscaling. */
  load(): PoolLoad[] {
    if (this.#outbound.size === 0) return [];
    const { application } = this.#host.launch;
    const poolIds = this.#slices.poolIdsOf(application, this.#outbound);
    return this.#routers.load().filter(({ poolId }) => poolIds.has(poolId));
  }

  /**
   * Calls a method: a promise of its value, which can also be iterated; or an async iterable, when the method is known to
   * stream or the options ask for it. Stays in the revision, deadline, trace and cancellation of the current request.
   */
  call(target: CallTarget, args: readonly unknown[]): ResultPromise | Promise<unknown> | AsyncIterable<unknown> {
    const { stream } = target.options;
    if (stream === true || (stream === undefined && target.isStream)) return this.#callStream(target, args);
    return this.#callPromise(target, args, stream === false);
  }

  async close(): Promise<void> {
    this.#routers.close();
    await this.#connections.close();
  }

  #callStream(target: CallTarget, args: readonly unknown[]): AsyncIterable<unknown> {
    // Errors are the stream's; whoever iterates it gets them.
    const call = this.#begin(target, { onValue: ignore, onItems: ignore, onError: ignore });
    const stream = call.stream();
    start(call, args);
    return stream;
  }

  #callPromise(target: CallTarget, args: readonly unknown[], isCollected: boolean): ResultPromise {
    let outcome: CallOutcome | undefined;
    const promise = new ResultPromise((resolve, reject) => {
      outcome = {
        onValue: resolve,
        onItems: isCollected ? (stream) => resolve(collectItems(stream)) : resolve,
        onError: reject,
      };
    });
    const call = this.#begin(target, outcome ?? unreachable());
    promise.streamOf = () => {
      // Errors go to whoever iterates; the promise is only another view of the same answer.
      promise.catch(ignore);
      return call.stream()[Symbol.asyncIterator]();
    };
    start(call, args);
    return promise;
  }

  #begin(target: CallTarget, outcome: CallOutcome): RemoteCall {
    return new RemoteCall(this.#host, target, hostedRequest(), outcome);
  }
}

/** Sends the call as soon as the promises among its arguments are settled. */
function start(call: RemoteCall, args: readonly unknown[]): void {
  let ready: readonly unknown[] | Promise<readonly unknown[]>;
  try {
    ready = awaitArguments(args);
  } catch (error) {
    return call.giveUp(error, "an argument cannot be sent");
  }
  if (!(ready instanceof Promise)) return call.start(ready);
  ready.then(
    (values) => call.start(values),
    (error: unknown) => call.giveUp(error, "an argument failed"),
  );
}

async function collectItems(stream: ResultStream): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function ignore(): void {
  // The stream tells.
}

function unreachable(): never {
  throw new Error("a promise runs its executor at once");
}
