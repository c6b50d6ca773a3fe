import type { ReplicaContext, RequestContext } from "./request-context.ts";

/** The part of AsyncLocalStorage that is used; user bundles need not import `node:async_hooks`. */
export interface RequestStorage {
  getStore(): RequestContext | undefined;
  run<T>(context: RequestContext | undefined, body: () => T): T;
}

/** What all copies of this SDK in one process have in common. */
export interface ContextSlot {
  storage: RequestStorage | undefined;
  replica: ReplicaContext | undefined;
  /** Some code in this process may ask for its request. Without it hosts save the cost of async context. */
  isRequestWanted: boolean;
  /** How the host makes one request of those of a batch, so that calls made in the batch belong to all of them. */
  joinRequests?: (requests: readonly RequestContext[]) => EndableRequest | undefined;
}

/** A request whose maker says when it has ended. */
export interface EndableRequest extends RequestContext {
  end(): void;
}

const slotKey: unique symbol = Symbol.for("sluice.sdk.context");

/** The process-wide slot: a user's bundle carries its own copy of the SDK and must see what the host's copy set. */
export function contextSlot(): ContextSlot {
  const holder = globalThis as { [slotKey]?: ContextSlot };
  return (holder[slotKey] ??= { storage: undefined, replica: undefined, isRequestWanted: false });
}

/** The host says how requests of a batch become one. */
export function provideRequestJoiner(join: NonNullable<ContextSlot["joinRequests"]>): void {
  contextSlot().joinRequests = join;
}
