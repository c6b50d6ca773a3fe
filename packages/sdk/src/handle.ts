import type { handleBrand } from "./brand.ts";
import type { HandleOptions } from "./handle-options.ts";

/** Names the host calls itself; a handle does not offer them. */
export type HookName = "init" | "reconfigure" | "checkHealth" | "dispose";

/** Runtime form of {@link HookName}, plus what JavaScript itself puts on a class. */
export const hookNames: ReadonlySet<string> = new Set<string>([
  "constructor",
  "init",
  "reconfigure",
  "checkHealth",
  "dispose",
] satisfies readonly (HookName | "constructor")[]);

/**
 * An argument as a caller may give it: the value, or the promise of another call that is passed on unawaited. Promises
 * may also stand among the items of an array or the properties of a plain object. The caller's side waits for all of
 * them at once, then sends; a rejection among them is the rejection of the call.
 */
export type HandleArgument<P> =
  | P
  | PromiseLike<P>
  | (P extends (...args: never[]) => unknown
      ? never
      : P extends readonly unknown[]
        ? { readonly [I in keyof P]: P[I] | PromiseLike<P[I]> }
        : P extends ArrayBufferView | ArrayBuffer | Date | Error | ReadonlyMap<never, never> | ReadonlySet<never>
          ? never
          : P extends object
            ? { readonly [K in keyof P]: P[K] | PromiseLike<P[K]> }
            : never);

/** Wrapped in a tuple test, so that `boolean` or a union stays one argument. */
type HandleArguments<A extends readonly unknown[]> = { [I in keyof A]: HandleArgument<A[I]> };

/** What a method that streams yields; never for all others. */
type ItemOf<R> = [Awaited<R>] extends [never]
  ? never
  : Awaited<R> extends AsyncIterable<infer T>
    ? T
    : Awaited<R> extends Generator<infer T>
      ? T
      : never;

/** The answer of a method as its caller sees it; `Stream` is what `options({ stream })` said, undefined when nothing. */
type RemoteAnswer<R, Stream> = [ItemOf<R>] extends [never]
  ? Stream extends true
    ? AsyncIterable<Awaited<R>>
    : Promise<Awaited<R>>
  : Stream extends false
    ? Promise<ItemOf<R>[]>
    : AsyncIterable<ItemOf<R>>;

/** A method as its caller elsewhere sees it: a promise, or an async iterable where the method streams. */
export type RemoteMethod<M, Stream = undefined> = M extends (...args: infer A) => infer R
  ? (...args: HandleArguments<A>) => RemoteAnswer<R, Stream>
  : never;

/** Methods that a handle offers: not the hooks, not `fetch` and `websocket` (which are for clients), not `options` (which is the handle's own). */
export type MethodName<T> = {
  [K in keyof T]: T[K] extends (...args: never[]) => unknown
    ? Exclude<K, HookName | "fetch" | "websocket" | "options">
    : never;
}[keyof T];

/**
 * In-code reference through which one deployment calls another: `await this.model.predict(x)`, or
 * `for await (const token of this.model.generate(prompt))` where the method streams. Values cross a process: plain data,
 * typed arrays, buffers, dates, maps, sets, errors. A call stays in the revision, deadline and trace of its request.
 */
export type DeploymentHandle<T, Stream extends boolean | undefined = undefined> = {
  readonly [K in MethodName<T>]: RemoteMethod<T[K], Stream>;
} & {
  /** Carries the deployment's type; the value is its name. */
  readonly [handleBrand]: HandleOf<T>;
  /** One method with options, as a function: `handle.options({ methodName: "predict", timeoutS: 1 })(x)`. */
  options<M extends MethodName<T>, S extends boolean | undefined = Stream>(
    options: HandleOptions<S> & { readonly methodName: M },
  ): RemoteMethod<T[M], S>;
  /** The same deployment with other options for its calls; the handle itself is left alone. */
  options<S extends boolean | undefined = Stream>(
    options: HandleOptions<S> & { readonly methodName?: never },
  ): DeploymentHandle<T, S>;
};

/** Phantom type: a string that remembers which class it names. */
export type HandleOf<T> = string & { readonly __deployment?: T };
