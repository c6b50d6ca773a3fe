/**
 * The newest slice of every application, versioned within this leader's epoch. A slice equal to the one before keeps its
 * version, so routers only hear of real changes.
 */
import type { RoutingSlice, SliceVersion } from "@sluice/contracts";
import type { UnversionedSlice } from "./build-slice.ts";

interface Entry {
  readonly slice: RoutingSlice;
  readonly fingerprint: string;
}

export class SliceTable {
  readonly #epoch: number;
  readonly #entries = new Map<string, Entry>();
  #version = 0;

  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  /** Stores the slice; answers the versioned slice when it changed, else null. */
  put(next: UnversionedSlice): RoutingSlice | null {
    const fingerprint = JSON.stringify(next);
    if (this.#entries.get(next.application)?.fingerprint === fingerprint) return null;
    this.#version += 1;
    const slice: RoutingSlice = { ...next, epoch: this.#epoch, version: this.#version };
    this.#entries.set(next.application, { slice, fingerprint });
    return slice;
  }

  /** Forgets an application by its id; answers its name, or null when it was not there. */
  remove(applicationId: string): string | null {
    const slice = this.all().find((each) => each.applicationId === applicationId);
    if (slice === undefined) return null;
    this.#entries.delete(slice.application);
    return slice.application;
  }

  get(application: string): RoutingSlice | undefined {
    return this.#entries.get(application)?.slice;
  }

  all(): RoutingSlice[] {
    return [...this.#entries.values()].map((entry) => entry.slice);
  }
}

/** True when `seen` is at least as new as `wanted`. */
export function isAtLeast(seen: SliceVersion | undefined, wanted: Pick<RoutingSlice, "epoch" | "version">): boolean {
  if (seen === undefined) return false;
  return seen.epoch > wanted.epoch || (seen.epoch === wanted.epoch && seen.version >= wanted.version);
}
