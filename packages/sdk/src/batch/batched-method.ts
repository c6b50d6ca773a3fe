import type { BatchOptions, BatchSettings } from "./batch-settings.ts";
import type { ItemEnd } from "./item-end.ts";

/** Arrays, one per parameter: what a batched function takes. */
export type Columns = readonly (readonly unknown[])[];

/** One element of each column: what a single call takes. */
export type ItemArguments<C extends Columns> = {
  [I in keyof C]: C[I] extends readonly (infer X)[] ? X : never;
};

/** What a single call is answered: results without the errors and ends of other items. */
export type ItemResult<R> = Exclude<R, Error | ItemEnd>;

export interface BatchFunctionOptions<C extends Columns> extends BatchOptions {
  /**
   * Size of some items together (tokens, bytes), of the first parameter. `maxBatchSize` limits it then. An item that alone
   * is larger is refused; one that does not fit any more is the first of the next batch.
   */
  readonly batchSizeFn?: (items: C extends readonly [infer First, ...unknown[]] ? First : readonly unknown[]) => number;
}

/** The setters have effect from the next batch on; the usual place is `reconfigure(userConfig)`. */
export interface BatchControls {
  setMaxBatchSize(maxBatchSize: number): void;
  setBatchWaitTimeoutS(batchWaitTimeoutS: number): void;
}

/** `(item) => Promise<result>`, batched. */
export type BatchedMethod<This, C extends Columns, R> = ((
  this: This,
  ...item: ItemArguments<C>
) => Promise<ItemResult<R>>) &
  BatchControls;

/** `(item) => AsyncGenerator<result>`, batched. */
export type BatchedStream<This, C extends Columns, R> = ((
  this: This,
  ...item: ItemArguments<C>
) => AsyncGenerator<ItemResult<R>, undefined, undefined>) &
  BatchControls;

const batchedBrand: unique symbol = Symbol.for("sluice.sdk.batched");

/** What hosts read of a batched function. */
export interface BatchedFacts {
  readonly settings: BatchSettings;
}

export function brandBatched<F extends object>(batched: F, facts: BatchedFacts): F {
  return Object.defineProperty(batched, batchedBrand, { value: facts });
}

/** The batched functions of an instance by property name: its fields, as methods of the class are found elsewhere. */
export function batchedMethodsOf(instance: object): ReadonlyMap<string, BatchedFacts> {
  const found = new Map<string, BatchedFacts>();
  for (const [name, value] of Object.entries(instance)) {
    if (typeof value !== "function") continue;
    const facts = (value as { [batchedBrand]?: BatchedFacts })[batchedBrand];
    if (facts !== undefined && !name.startsWith("_")) found.set(name, facts);
  }
  return found;
}
