import type { handleBrand } from "./brand.ts";

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

/** A method as its caller elsewhere sees it: every answer is a promise, because it crosses a process. */
type RemoteMethod<M> = M extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;

/**
 * In-code reference through which one deployment calls another: `await this.model.predict(x)`.
 * Arguments and answers cross a process as JSON. A call stays in the revision of the request it belongs to.
 */
export type DeploymentHandle<T> = {
  readonly [
    K in keyof T as T[K] extends (...args: never[]) => unknown ? Exclude<K, HookName | "fetch"> : never
  ]: RemoteMethod<T[K]>;
} & {
  /** Carries the deployment's type; the value is its name. */
  readonly [handleBrand]: HandleOf<T>;
};

/** Phantom type: a string that remembers which class it names. */
export type HandleOf<T> = string & { readonly __deployment?: T };
