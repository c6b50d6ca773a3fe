import { handleBrand } from "@sluice/sdk";

/** What a handle's method call becomes. */
export type HandleCall = (deployment: string, method: string, args: readonly unknown[]) => Promise<unknown>;

/**
 * The object that stands for another deployment in user code: every property is a method that calls it.
 * `then` is none, or `await handle` would hang.
 */
export function makeHandleProxy(deployment: string, call: HandleCall): object {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  return new Proxy(Object.freeze({ [handleBrand]: deployment }), {
    get: (target, name) => {
      if (name === handleBrand) return target[handleBrand];
      if (typeof name === "symbol" || name === "then" || name === "toJSON") return undefined;
      const known = methods.get(name);
      if (known !== undefined) return known;
      const method = async (...args: unknown[]): Promise<unknown> => call(deployment, name, args);
      methods.set(name, method);
      return method;
    },
  });
}
