/** What a host wants to hear about multiplexed models. */
export interface ModelObserver {
  /** Models held by all caches of this process, loaded or being loaded, most recently used first. */
  readonly onModels: (modelIds: readonly string[]) => void;
  /** A model was asked for. */
  readonly onGet: () => void;
  readonly onLoaded: (tookMs: number) => void;
  readonly onUnloaded: (tookMs: number) => void;
}

/** One cache, as far as the host has to do with it. */
interface ObservedCache {
  readonly modelIds: readonly string[];
  clear(): Promise<void>;
}

interface ModelsSlot {
  observer: ModelObserver | undefined;
  /** Every cache of the process. */
  readonly caches: Set<ObservedCache>;
}

const slotKey: unique symbol = Symbol.for("sluice.sdk.models");

/** One for all copies of the SDK in this process. */
export function modelsSlot(): ModelsSlot {
  const holder = globalThis as { [slotKey]?: ModelsSlot };
  return (holder[slotKey] ??= { observer: undefined, caches: new Set() });
}

/** The host hears of every multiplexed model in this process. */
export function observeModels(observer: ModelObserver): void {
  modelsSlot().observer = observer;
}

/** Tells the observer what is held now. */
export function tellModels(): void {
  const { observer, caches } = modelsSlot();
  observer?.onModels([...new Set([...caches].flatMap(({ modelIds }) => modelIds))]);
}

/** Unloads every model of this process: the replica ends. */
export async function unloadModels(): Promise<void> {
  for (const cache of modelsSlot().caches) await cache.clear();
}
