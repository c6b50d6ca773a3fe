import { SlotWaiting } from "./slot-waiting.ts";

/** What a cache does with models and tells about them. */
export interface ModelCacheOptions<M> {
  readonly load: (modelId: string) => Promise<M>;
  /** Must not reject. */
  readonly unload: (model: M, modelId: string) => Promise<void>;
  /** Models held at a time at most; Infinity = no limit. */
  readonly maxModels: number;
  /** The set of held models changed. */
  readonly onChange: () => void;
}

/** A model that is in use until `release` is called. */
export interface ModelLease<M> {
  readonly model: M;
  readonly release: () => void;
}

export interface AcquireOptions {
  /** Gives up waiting when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** False: fails at once where it would have to wait for others to release theirs. */
  readonly mayWait?: boolean;
}

interface Held<M> {
  readonly modelId: string;
  readonly loading: Promise<M>;
  isLoaded: boolean;
  users: number;
}

/**
 * Models by id, at most `maxModels` of them, the least recently used going first. Each is loaded once for all who ask
 * meanwhile. Invariants: a model in use is never unloaded; the unloading of the old ends before the loading of the new
 * begins, so that both need not fit; a load that failed leaves nothing behind.
 */
export class ModelCache<M> {
  readonly #options: ModelCacheOptions<M>;
  /** In the order of use, the least recent first. */
  readonly #held = new Map<string, Held<M>>();
  readonly #unloading = new Map<string, Promise<void>>();
  readonly #waiting = new SlotWaiting();

  constructor(options: ModelCacheOptions<M>) {
    this.#options = options;
  }

  /** Ids of models that are loaded or being loaded, most recently used first. */
  get modelIds(): string[] {
    return [...this.#held.keys()].reverse();
  }

  /** The model, loaded when it is not held; in use until released. */
  async acquire(modelId: string, { signal, mayWait = true }: AcquireOptions = {}): Promise<ModelLease<M>> {
    for (;;) {
      signal?.throwIfAborted();
      const held = this.#touch(modelId) ?? this.#admit(modelId);
      if (held !== undefined) return this.#use(held);
      if (!mayWait) throw new Error(this.#fullMessage(modelId));
      await this.#waiting.wait(signal);
    }
  }

  /** Unloads all, also what is in use: the end of the replica. */
  async clear(): Promise<void> {
    const all = [...this.#held.values()];
    this.#held.clear();
    this.#options.onChange();
    for (const held of all) {
      const model = await held.loading.catch(() => undefined);
      if (model !== undefined) await this.#options.unload(model, held.modelId);
    }
  }

  #touch(modelId: string): Held<M> | undefined {
    const held = this.#held.get(modelId);
    if (held === undefined) return undefined;
    this.#held.delete(modelId);
    this.#held.set(modelId, held);
    return held;
  }

  /** Takes the model in, in place of another when the cache is full; undefined when all others are in use. */
  #admit(modelId: string): Held<M> | undefined {
    let victim: Held<M> | undefined;
    if (this.#held.size >= this.#options.maxModels) {
      victim = [...this.#held.values()].find(({ users, isLoaded }) => users === 0 && isLoaded);
      if (victim === undefined) return undefined;
      this.#held.delete(victim.modelId);
    }
    const held: Held<M> = { modelId, loading: this.#loadAfter(modelId, victim), isLoaded: false, users: 0 };
    this.#held.set(modelId, held);
    held.loading.then(
      () => (held.isLoaded = true),
      () => this.#forget(held),
    );
    this.#options.onChange();
    return held;
  }

  async #loadAfter(modelId: string, victim: Held<M> | undefined): Promise<M> {
    if (victim !== undefined) await this.#unload(victim);
    // The same model may be on its way out: its files and memory must be free first.
    await this.#unloading.get(modelId);
    return this.#options.load(modelId);
  }

  async #unload(victim: Held<M>): Promise<void> {
    const { modelId } = victim;
    const unloading = victim.loading.then((model) => this.#options.unload(model, modelId));
    this.#unloading.set(modelId, unloading);
    await unloading;
    this.#unloading.delete(modelId);
  }

  async #use(held: Held<M>): Promise<ModelLease<M>> {
    held.users += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      held.users -= 1;
      if (held.users === 0) this.#waiting.wakeAll();
    };
    try {
      return { model: await held.loading, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #forget(held: Held<M>): void {
    if (this.#held.get(held.modelId) === held) this.#held.delete(held.modelId);
    this.#options.onChange();
    this.#waiting.wakeAll();
  }

  #fullMessage(modelId: string): string {
    const { maxModels } = this.#options;
    return (
      `There is no room for the model "${modelId}": all ${maxModels} models held are in use, and this request uses one ` +
      "of them itself, so it cannot wait. Raise maxNumModelsPerReplica."
    );
  }
}
