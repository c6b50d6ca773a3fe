import type { RoutedPool, RoutingSlice } from "@sluice/contracts";

/**
 * The pool that serves a deployment in a revision; without a name, the ingress deployment's. Undefined when the slice does
 * not carry it (the revision is gone, or the name is wrong). A request stays in its revision, so callers pass their own.
 */
export function resolvePool(slice: RoutingSlice, revision: number, deployment?: string): RoutedPool | undefined {
  const mapping = slice.revisions[String(revision)];
  if (mapping === undefined) return undefined;
  const poolId = mapping.pools[deployment ?? mapping.ingress];
  return poolId === undefined ? undefined : slice.pools[poolId];
}
