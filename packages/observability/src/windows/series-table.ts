import type { SeriesKey } from "@sluice/contracts";
import type { Series } from "./series.ts";

type ByRevision = Map<number, Series>;
type ByVariant = Map<string, ByRevision>;
type ByDeployment = Map<string, ByVariant>;

/** Series by key. Nested maps instead of a joined string, so that a look-up allocates nothing. */
export class SeriesTable {
  readonly #root = new Map<string, ByDeployment>();
  readonly #all = new Set<Series>();

  get size(): number {
    return this.#all.size;
  }

  values(): Iterable<Series> {
    return this.#all;
  }

  get(key: SeriesKey): Series | undefined {
    return this.#root.get(key.application)?.get(key.deployment)?.get(key.variant)?.get(key.revision);
  }

  add(series: Series): void {
    const { application, deployment, variant, revision } = series.key;
    const byDeployment = childOf(this.#root, application, () => new Map<string, ByVariant>());
    const byVariant = childOf(byDeployment, deployment, () => new Map<string, ByRevision>());
    childOf(byVariant, variant, () => new Map<number, Series>()).set(revision, series);
    this.#all.add(series);
  }

  /** Forgets series that rest, to make room. Returns how many went. */
  removeResting(): number {
    const kept = [...this.#all].filter((series) => series.isReported);
    const removed = this.#all.size - kept.length;
    if (removed > 0) {
      this.#root.clear();
      this.#all.clear();
      for (const series of kept) this.add(series);
    }
    return removed;
  }
}

function childOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}
