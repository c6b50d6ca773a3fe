/**
 * From what the database says about an application to the slice its routers need. Pure: the same facts give the same slice,
 * and only a changed slice gets a new version.
 */
import type { Backend, RoutedPool, RoutingSlice } from "@sluice/contracts";

export interface SliceFacts {
  readonly application: string;
  readonly applicationId: string;
  readonly routePrefix: string | null;
  /** Weights in force; empty while nothing serves. */
  readonly variants: readonly { readonly variant: string; readonly revision: number; readonly weight: number }[];
  /** Revisions that may get traffic, each with its ingress deployment and the pool of every deployment. */
  readonly revisions: readonly {
    readonly number: number;
    readonly ingress: string;
    readonly pools: Readonly<Record<string, string>>;
  }[];
  readonly pools: readonly {
    readonly poolId: string;
    readonly deployment: string;
    readonly runtime: string;
    readonly maxOngoingRequests: number;
    readonly maxQueuedRequests: number;
    readonly queueFull?: RoutedPool["queueFull"];
  }[];
  /** Ready replicas only. */
  readonly backends: readonly { readonly poolId: string; readonly backend: Backend }[];
  /** Why there is no variant, for 503 answers. */
  readonly message: string;
}

export type UnversionedSlice = Omit<RoutingSlice, "epoch" | "version">;

/**
 * Builds the slice. Revisions without weight stay in it while replicas of theirs run: a request that is still inside such a
 * revision finds what it calls. Everything else is left out.
 */
export function buildSlice(facts: SliceFacts): UnversionedSlice {
  const routed = new Set(facts.variants.map((variant) => variant.revision));
  const occupied = new Set(facts.backends.map((entry) => entry.poolId));
  const heaviest = [...facts.variants].sort((a, b) => b.weight - a.weight)[0]?.revision;
  const successor = facts.revisions.find(({ number }) => number === heaviest)?.pools ?? {};
  const revisions: UnversionedSlice["revisions"] = {};
  const usedPools = new Set<string>();
  for (const revision of [...facts.revisions].sort((a, b) => a.number - b.number)) {
    if (!routed.has(revision.number) && !Object.values(revision.pools).some((poolId) => occupied.has(poolId))) continue;
    const ownPools = routed.has(revision.number) ? revision.pools : withSuccessors(revision.pools, successor, occupied);
    revisions[String(revision.number)] = { ingress: revision.ingress, pools: sorted(ownPools) };
    for (const poolId of Object.values(ownPools)) usedPools.add(poolId);
  }
  const pools: Record<string, RoutedPool> = {};
  for (const pool of [...facts.pools].sort((a, b) => (a.poolId < b.poolId ? -1 : 1))) {
    if (!usedPools.has(pool.poolId)) continue;
    pools[pool.poolId] = {
      poolId: pool.poolId,
      deployment: pool.deployment,
      runtime: pool.runtime,
      maxOngoingRequests: pool.maxOngoingRequests,
      maxQueuedRequests: pool.maxQueuedRequests,
      ...(pool.queueFull === undefined ? {} : { queueFull: pool.queueFull }),
      backends: facts.backends
        .filter((entry) => entry.poolId === pool.poolId)
        .map((entry) => entry.backend)
        .sort((a, b) => (a.replicaId < b.replicaId ? -1 : 1)),
    };
  }
  return {
    application: facts.application,
    applicationId: facts.applicationId,
    routePrefix: facts.routePrefix,
    variants: facts.variants.map((variant) => ({ ...variant })),
    revisions,
    pools,
    message: facts.message,
  };
}

/**
 * Pools of a revision that takes no new requests. One whose last replica went, or took on the settings of the next revision,
 * is replaced by the one that took over: a request still inside the old revision finds what it calls.
 */
function withSuccessors(
  pools: Readonly<Record<string, string>>,
  successor: Readonly<Record<string, string>>,
  occupied: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pools).map(([deployment, poolId]) => [
      deployment,
      occupied.has(poolId) ? poolId : (successor[deployment] ?? poolId),
    ]),
  );
}

function sorted(pools: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(pools).sort(([a], [b]) => (a < b ? -1 : 1)));
}
