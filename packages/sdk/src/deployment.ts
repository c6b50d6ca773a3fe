import { applicationBrand, deploymentBrand } from "./brand.ts";
import type { handleBrand } from "./brand.ts";
import type { DeploymentOptions, JsonValue } from "./deployment-options.ts";
import { classOfFetchApp, isFetchApp } from "./fetch-app.ts";
import type { FetchApp, FetchAppClass } from "./fetch-app.ts";
import type { HandleOf } from "./handle.ts";

/** Hooks a deployment class may have; each is optional and may be async. */
export interface DeploymentHooks {
  /** Runs once after the constructor, for what needs `await` (load weights, open files). */
  init?(): unknown;
  /** Gets `userConfig` at start and at every change of it. */
  reconfigure?(userConfig: JsonValue): unknown;
  /** Throws (or answers false) when the replica should be replaced. */
  checkHealth?(): unknown;
  /** Runs once when the replica stops gracefully; `Symbol.asyncDispose` and `Symbol.dispose` do as well. */
  dispose?(): unknown;
}

/** Any class. Its constructor arguments come from `bind()`. */
export type DeploymentClass = new (...args: never[]) => object;

/** What `bind()` takes for a constructor parameter: a bound deployment where the class wants its handle. */
export type BindArgument<P> = P extends { readonly [handleBrand]: HandleOf<infer T> }
  ? Application<T>
  : P extends readonly unknown[]
    ? { readonly [I in keyof P]: BindArgument<P[I]> }
    : P extends (...args: never[]) => unknown
      ? P
      : P extends object
        ? { readonly [K in keyof P]: BindArgument<P[K]> }
        : P;

type BindArguments<P extends readonly unknown[]> = { [I in keyof P]: BindArgument<P[I]> };

/** A class with its options, not yet bound to constructor arguments. */
export interface Deployment<C extends DeploymentClass = DeploymentClass> {
  readonly [deploymentBrand]: { readonly target: C; readonly options: DeploymentOptions };
  /** A copy with some options replaced; `rayActorOptions` is replaced as a whole, as in Ray Serve. */
  options(options: DeploymentOptions): Deployment<C>;
  /** Fixes the constructor arguments. Bound deployments anywhere inside them arrive as handles. */
  bind(...args: BindArguments<ConstructorParameters<C>>): Application<InstanceType<C>>;
}

/** A bound deployment: a node of the application graph, or the whole application when it is the ingress. */
export interface Application<T = unknown> {
  readonly [applicationBrand]: {
    readonly target: DeploymentClass;
    readonly options: DeploymentOptions;
    readonly args: readonly unknown[];
    readonly __instance?: T;
  };
}

/** A function that makes the application from the `args` of the spec. */
export type ApplicationBuilder = (args: Readonly<Record<string, JsonValue>>) => Application | Promise<Application>;

/**
 * Makes a class deployable.
 *
 * The ingress deployment (the one whose `bind()` is exported) answers HTTP with `fetch(request: Request)`, which may
 * return a `Response`, or any value: a string is sent as text, bytes as they are, nothing as an empty body, all else as
 * JSON. A class without `fetch` may have a method `call(input)`: the JSON body comes in, its answer goes out as JSON.
 *
 * An object with `fetch`, such as a Hono application, can be given as it is.
 */
export function deployment<C extends DeploymentClass>(target: C, options?: DeploymentOptions): Deployment<C>;
export function deployment(app: FetchApp, options?: DeploymentOptions): Deployment<FetchAppClass>;
export function deployment(given: DeploymentClass | FetchApp, options: DeploymentOptions = {}): Deployment {
  if (typeof given === "function") return makeDeployment(given, options);
  if (isFetchApp(given)) return makeDeployment(classOfFetchApp(given), options);
  throw new TypeError("deployment() takes a class, for example deployment(Hello), or an object with fetch(request).");
}

function makeDeployment<C extends DeploymentClass>(target: C, options: DeploymentOptions): Deployment<C> {
  return {
    [deploymentBrand]: { target, options },
    options: (more) => makeDeployment(target, { ...options, ...more }),
    bind: (...args) => ({ [applicationBrand]: { target, options, args } }),
  };
}

/** True for the result of `bind()`, also when another copy of this SDK made it. */
export function isApplication(value: unknown): value is Application {
  return typeof value === "object" && value !== null && applicationBrand in value;
}

/** True for the result of `deployment()`, also when another copy of this SDK made it. */
export function isDeployment(value: unknown): value is Deployment {
  return typeof value === "object" && value !== null && deploymentBrand in value;
}
