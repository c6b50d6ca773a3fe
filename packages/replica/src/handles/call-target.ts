import type { HandleOptions } from "@sluice/sdk";

/** What a call through a handle is aimed at. */
export interface CallTarget {
  readonly deployment: string;
  readonly method: string;
  readonly options: HandleOptions;
  /** The method is known to stream (a generator function), so its answer is an async iterable and no promise. */
  readonly isStream: boolean;
}
