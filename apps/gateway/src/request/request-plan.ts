import type { RoutingSlice } from "@sluice/contracts";
import type { SeriesRecorder } from "@sluice/observability";
import type { PoolRouter } from "@sluice/router";
import type { ReplicaConnections } from "../upstream/replica-connections.ts";

/** What was decided about a request before it waits for a replica. Times are monotonic milliseconds. */
export interface RequestPlan {
  readonly slice: RoutingSlice;
  readonly revisionNumber: number;
  /** The number as text, for the answer's header. */
  readonly revision: string;
  readonly deployment: string;
  readonly requestId: string;
  /** `x-request-id` of the client, empty without one. */
  readonly clientRequestId: string;
  readonly traceparent: string;
  readonly startedMs: number;
  /** Infinity = no limit. */
  readonly deadlineMs: number;
  readonly series: SeriesRecorder;
}

/** What a request uses of its process. */
export interface RequestPorts {
  readonly connections: ReplicaConnections;
  now(): number;
  count(plan: RequestPlan, method: string, status: number): void;
}

/** A request's way by the newest slices; null when its application has no (other) pool for it. */
export type Reroute = (plan: RequestPlan) => { readonly plan: RequestPlan; readonly pool: PoolRouter } | null;
