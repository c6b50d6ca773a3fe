import type { AutoscaledPool } from "./autoscaled-pool.ts";

/** Gauges per pool, summed over the routers that are not silent. */
export type Loads = ReadonlyMap<string, { readonly queued: number; readonly sent: number }>;

/**
 * T of one pool: gateways' requests and handles' calls. Null = no data: those who send to it do not report, and a pool is
 * never judged by the silence of its callers.
 */
export function pickLoad(
  pool: Pick<AutoscaledPool, "poolId" | "heardFrom">,
  gateways: Loads,
  handles: Loads,
): { readonly queued: number; readonly sent: number } | null {
  const ofGateways = gateways.get(pool.poolId);
  const ofHandles = handles.get(pool.poolId);
  const isKnown = pool.heardFrom === "gateways" ? ofGateways !== undefined : ofHandles !== undefined;
  if (!isKnown) return null;
  return {
    queued: (ofGateways?.queued ?? 0) + (ofHandles?.queued ?? 0),
    sent: (ofGateways?.sent ?? 0) + (ofHandles?.sent ?? 0),
  };
}
