import type { RoutingSlice } from "@sluice/contracts";

/** Slices by application name. */
export type SliceBook = ReadonlyMap<string, RoutingSlice>;

export interface SliceUpdate {
  readonly epoch: number;
  /** True = exactly these applications exist. */
  readonly full: boolean;
  readonly slices: readonly RoutingSlice[];
  readonly removed: readonly string[];
}

/** (epoch, version) is totally ordered: a later leader beats any version of an earlier one. */
export function isNewerSlice(
  a: Pick<RoutingSlice, "epoch" | "version">,
  b: Pick<RoutingSlice, "epoch" | "version">,
): boolean {
  return a.epoch !== b.epoch ? a.epoch > b.epoch : a.version > b.version;
}

/**
 * The book after an update. A slice that is not newer than the known one is ignored, so messages may repeat or arrive out
 * of order; a removal by an older epoch than the slice's is ignored too. The caller refuses messages of older epochs.
 */
export function foldSlices(book: SliceBook, update: SliceUpdate): SliceBook {
  const next = new Map<string, RoutingSlice>();
  const named = new Set(update.slices.map((slice) => slice.application));
  const removed = new Set(update.removed);
  for (const [application, slice] of book) {
    const isRemoved = update.full ? !named.has(application) : removed.has(application);
    if (!isRemoved || slice.epoch > update.epoch) next.set(application, slice);
  }
  for (const slice of update.slices) {
    const known = next.get(slice.application);
    if (known === undefined || isNewerSlice(slice, known)) next.set(slice.application, slice);
  }
  return next;
}
