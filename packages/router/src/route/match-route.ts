import type { RoutingSlice } from "@sluice/contracts";
import { compileModel } from "./model-pools.ts";
import type { RoutedModel } from "./model-pools.ts";

/** Prefixes of all applications, ready for matching. Build one per change of slices, use it for every request. */
export interface RouteTable {
  readonly byPrefix: ReadonlyMap<string, RoutingSlice>;
  /** Length of the longest prefix: no longer part of a path needs a look-up. */
  readonly longest: number;
  /** Applications that are one model, by name: the models of the Open Inference Protocol. */
  readonly models: ReadonlyMap<string, RoutedModel>;
}

/** Applications without a prefix are not reachable over HTTP. Of two with the same prefix the first by name has it. */
export function compileRoutes(slices: Iterable<RoutingSlice>): RouteTable {
  const byPrefix = new Map<string, RoutingSlice>();
  const models = new Map<string, RoutedModel>();
  let longest = 0;
  for (const slice of [...slices].sort((a, b) => (a.application < b.application ? -1 : 1))) {
    if (slice.routePrefix === null || byPrefix.has(slice.routePrefix)) continue;
    byPrefix.set(slice.routePrefix, slice);
    longest = Math.max(longest, slice.routePrefix.length);
    const model = compileModel(slice);
    if (model !== undefined) models.set(slice.application, model);
  }
  return { byPrefix, longest, models };
}

/**
 * The application with the longest prefix of `path`, where a prefix ends at the path's end or before a `/`:
 * `/digits` serves `/digits` and `/digits/7`, not `/digits2`. `path` has no query and begins with `/`.
 */
export function matchRoute(table: RouteTable, path: string): RoutingSlice | undefined {
  // A path is cut back one segment at a time; everything beyond the longest prefix (and its boundary) is skipped.
  let end = path.length > table.longest ? path.lastIndexOf("/", table.longest) : path.length;
  while (end > 0) {
    const slice = table.byPrefix.get(path.slice(0, end));
    if (slice !== undefined) return slice;
    end = path.lastIndexOf("/", end - 1);
  }
  return path.startsWith("/") ? table.byPrefix.get("/") : undefined;
}

/** Prefix -> application, for `/-/routes`. */
export function listRoutes(table: RouteTable): Record<string, string> {
  return Object.fromEntries([...table.byPrefix].map(([prefix, slice]) => [prefix, slice.application]));
}
