import { SluiceError } from "@sluice/contracts";
import { currentRequest } from "../context/current-request.ts";
import type { RequestContext } from "../context/request-context.ts";
import { disposeModel } from "./dispose-model.ts";
import { ModelCache } from "./model-cache.ts";
import { modelsSlot, tellModels } from "./model-observer.ts";

export interface MultiplexedOptions {
  /** Models one replica holds at a time; -1 = no limit. Default 3. */
  readonly maxNumModelsPerReplica?: number;
}

/** Answers the model of an id; without one, the model that the current request asks for. */
export type ModelGetter<This, M> = (this: This, modelId?: string) => Promise<M>;

/** Requests that hold a model in use. One that holds never waits for another's, so none can wait for each other. */
const holders = new WeakSet<RequestContext>();

/**
 * Makes a loader of models one that keeps them: each is loaded once and stays until others need its place, the least
 * recently used going first. Requests for a model go to replicas that hold it.
 *
 * ```ts
 * class Models {
 *   getModel = multiplexed(async (modelId: string) => loadModel(modelId), { maxNumModelsPerReplica: 4 });
 *   async call(input: unknown) {
 *     const model = await this.getModel(); // header serve_multiplexed_model_id
 *     return model.predict(input);
 *   }
 * }
 * ```
 *
 * A model is in use until the request that got it ends, and is not unloaded before. Unloading calls its
 * `Symbol.asyncDispose`, `dispose` or `Symbol.dispose`.
 */
export function multiplexed<M, This = unknown>(
  load: (this: This, modelId: string) => Promise<M> | M,
  options: MultiplexedOptions = {},
): ModelGetter<This, M> {
  if (typeof load !== "function") throw new TypeError("multiplexed() takes a function that loads a model by its id.");
  const maxModels = requireMaxModels(options.maxNumModelsPerReplica ?? 3);
  const caches = new WeakMap<object, ModelCache<M>>();
  const detached: object = {};

  const cacheOf = (owner: This): ModelCache<M> => {
    const key = typeof owner === "object" && owner !== null ? owner : detached;
    const known = caches.get(key);
    if (known !== undefined) return known;
    const cache = new ModelCache<M>({
      maxModels,
      load: (modelId) =>
        timed(
          async () => load.call(owner, modelId),
          (tookMs) => modelsSlot().observer?.onLoaded(tookMs),
        ),
      unload: (model) => unload(model),
      onChange: tellModels,
    });
    caches.set(key, cache);
    modelsSlot().caches.add(cache);
    return cache;
  };

  return async function (this: This, modelId?: string): Promise<M> {
    const request = currentRequest();
    const wanted = modelId ?? request?.multiplexedModelId ?? "";
    if (typeof wanted !== "string" || wanted === "") throw noModel(modelId === undefined && request !== undefined);
    modelsSlot().observer?.onGet();
    return getFor(request, cacheOf(this), wanted);
  };
}

const noModelMessage =
  "No model was named: give its id, or send the header serve_multiplexed_model_id (handles: options({ multiplexedModelId })).";

/** Of a request that should have named it, the client is told. */
function noModel(isForClient: boolean): Error {
  return isForClient
    ? new SluiceError({ code: "request/invalid", publicMessage: noModelMessage })
    : new TypeError(noModelMessage);
}

/** In background work a model is not held in use: it may be unloaded once others need its place, as in Ray Serve. */
async function getFor<M>(request: RequestContext | undefined, cache: ModelCache<M>, modelId: string): Promise<M> {
  const mayWait = request === undefined || !holders.has(request);
  const lease = await cache.acquire(modelId, { signal: request?.signal, mayWait });
  if (request?.onEnd === undefined) lease.release();
  else {
    holders.add(request);
    request.onEnd(lease.release);
  }
  return lease.model;
}

/** A model that cannot be released properly is its author's to see; the request that needed its place goes on. */
async function unload(model: unknown): Promise<void> {
  try {
    await timed(
      () => disposeModel(model),
      (tookMs) => modelsSlot().observer?.onUnloaded(tookMs),
    );
  } catch (error) {
    console.error("A model failed while it was unloaded:", error);
  }
}

async function timed<T>(work: () => Promise<T>, tell: (tookMs: number) => void): Promise<T> {
  const startedMs = performance.now();
  const done = await work();
  tell(performance.now() - startedMs);
  return done;
}

function requireMaxModels(value: number): number {
  if (value === -1) return Infinity;
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(
    `maxNumModelsPerReplica is a whole number, 1 or more, or -1 for no limit, not ${String(value)}.`,
  );
}
