import type { AutoscalingPolicy } from "@sluice/domain";

/** A pool of a live revision whose number the autoscaler decides: all that it needs to know of it. */
export interface AutoscaledPool {
  readonly poolId: string;
  readonly projectId: string;
  readonly applicationId: string;
  /** Name of the application. */
  readonly application: string;
  readonly deployment: string;
  /** The newest live revision that uses the pool; its options count. */
  readonly revision: number;
  readonly policy: AutoscalingPolicy;
  readonly maxOngoingRequests: number;
  /** Replicas that are ready. */
  readonly ready: number;
  /** What was decided last, else what the pool began with. */
  readonly currentTarget: number;
  /** The target stands in the database. */
  readonly isStored: boolean;
  /** False: a revision that is coming and has no weight yet. It would seem idle, so it is not judged. */
  readonly isServing: boolean;
  /**
   * Who sends requests to it: gateways to an ingress deployment, handles in replicas to the others. Gateways speak of every
   * pool, so their zero says nothing about a pool that only handles call, as long as replicas are there that may call it.
   */
  readonly heardFrom: "gateways" | "handles";
}

/** Pools with a stored target that nothing autoscales any more. */
export interface LeftoverTarget {
  readonly applicationId: string;
  readonly poolId: string;
}

export interface PoolListing {
  readonly pools: readonly AutoscaledPool[];
  readonly leftovers: readonly LeftoverTarget[];
}
