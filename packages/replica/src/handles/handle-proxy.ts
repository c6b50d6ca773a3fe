import { checkHandleOptions, handleBrand } from "@sluice/sdk";
import type { HandleOptions } from "@sluice/sdk";
import type { CallTarget } from "./call-target.ts";

/** What a handle's method call becomes. */
export type HandleCall = (target: CallTarget, args: readonly unknown[]) => unknown;

type RemoteFunction = (...args: readonly unknown[]) => unknown;

const noOptions: HandleOptions = Object.freeze({});

/**
 * The object that stands for another deployment in user code: every property is a method that calls it, except `options`.
 * `then` is none, or `await handle` would hang.
 */
export function makeHandleProxy(
  deployment: string,
  call: HandleCall,
  streamMethods: ReadonlySet<string> = new Set(),
  options: HandleOptions = noOptions,
): object {
  const methods = new Map<string, RemoteFunction>();
  const methodOf = (method: string, own: HandleOptions): RemoteFunction => {
    const target: CallTarget = { deployment, method, options: own, isStream: streamMethods.has(method) };
    return (...args) => call(target, args);
  };
  const withOptions = (given: unknown): object => {
    const { methodName, ...more } = checkHandleOptions(given);
    const merged: HandleOptions = { ...options, ...more };
    if (methodName !== undefined) return methodOf(methodName, merged);
    return makeHandleProxy(deployment, call, streamMethods, merged);
  };
  return new Proxy(Object.freeze({ [handleBrand]: deployment }), {
    get: (target, name) => {
      if (name === handleBrand) return target[handleBrand];
      if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
      if (name === "options") return withOptions;
      const known = methods.get(name);
      if (known !== undefined) return known;
      const method = methodOf(name, options);
      methods.set(name, method);
      return method;
    },
  });
}
