import type { RequestContext } from "../context/request-context.ts";
import { ResultChannel } from "./result-channel.ts";

/** One call of a batched function, from the queue's and the runner's side. */
export interface BatchCall {
  readonly args: readonly unknown[];
  /** The request it was made in; undefined in background work. */
  readonly request: RequestContext | undefined;
  /** True once nobody waits for results: answered, failed, or the caller is gone. */
  readonly isSettled: () => boolean;
  /** A result: the only one of a plain call, the next of a stream. Ignored once settled. */
  readonly give: (value: unknown) => void;
  readonly fail: (error: Error) => void;
  /** No more results. */
  readonly end: () => void;
  /** The call no longer hears of its request. */
  stopListening?: () => void;
}

/** A call that is answered once. */
export function plainCall(
  args: readonly unknown[],
  request: RequestContext | undefined,
): { readonly call: BatchCall; readonly answer: Promise<unknown> } {
  const { promise, resolve, reject } = withResolvers();
  let isSettled = false;
  const settle =
    <V>(how: (value: V) => void) =>
    (value: V): void => {
      isSettled = true;
      how(value);
    };
  const fail = settle(reject);
  const call: BatchCall = {
    args,
    request,
    isSettled: () => isSettled,
    give: settle(resolve),
    fail,
    end: () => undefined,
  };
  return { call, answer: promise };
}

/** A call that is answered piece by piece. `onChange`: its reader took something or went away. */
export function streamCall(
  args: readonly unknown[],
  request: RequestContext | undefined,
  onChange: (call: StreamCall) => void,
): StreamCall {
  const channel = new ResultChannel(() => onChange(call));
  const call: StreamCall = {
    args,
    request,
    channel,
    isSettled: () => channel.isClosed,
    give: (value) => channel.push(value),
    fail: (error) => channel.fail(error),
    end: () => channel.end(),
  };
  return call;
}

export interface StreamCall extends BatchCall {
  readonly channel: ResultChannel;
}

// Promise.withResolvers is not in Node 20.
function withResolvers(): {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
} {
  let resolve: (value: unknown) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<unknown>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
