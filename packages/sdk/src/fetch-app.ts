/** An object that answers requests, such as a Hono application. */
export interface FetchApp {
  fetch(request: Request, ...rest: never[]): unknown;
}

/** The class that a {@link FetchApp} stands for. It takes no arguments: the object was made before. */
export type FetchAppClass = new () => { fetch(request: Request): unknown };

/** True for an object with `fetch`; a class is none. */
export function isFetchApp(value: unknown): value is FetchApp {
  return typeof value === "object" && value !== null && "fetch" in value && typeof value.fetch === "function";
}

/** A class around the object, named as the object's own class ("Hono"), or "App" when that is a plain object. */
export function classOfFetchApp(app: FetchApp): FetchAppClass {
  const target = class {
    fetch(request: Request): unknown {
      return app.fetch(request);
    }
  };
  const { name } = app.constructor;
  Object.defineProperty(target, "name", { value: name === "" || name === "Object" ? "App" : name });
  return target;
}
