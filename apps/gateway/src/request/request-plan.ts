import type { RoutedPool, RoutedVariant, RoutingSlice } from "@sluice/contracts";
import type { RequestIds, SeriesRecorder, WindowReporter } from "@sluice/observability";
import { continueTrace } from "@sluice/observability";
import type { PoolRouter } from "@sluice/router";
import type { Exchange } from "../exchange/exchange.ts";
import type { ReplicaConnections } from "../upstream/replica-connections.ts";

/** Where a request goes, as decided from its path. */
export interface Way {
  readonly slice: RoutingSlice;
  readonly variant: RoutedVariant;
  readonly pool: RoutedPool;
  /** Path and query as the replica gets them. */
  readonly target: string;
}

/** What was decided about a request before it waits for a replica. Times are monotonic milliseconds. */
export interface RequestPlan {
  readonly slice: RoutingSlice;
  readonly revisionNumber: number;
  /** The number as text, for the answer's header. */
  readonly revision: string;
  readonly deployment: string;
  readonly target: string;
  /** What the request was named at its arrival; `requestId` says more and follows from where it goes. */
  readonly name: string;
  readonly requestId: string;
  /** `x-request-id` of the client, empty without one. */
  readonly clientRequestId: string;
  readonly traceparent: string;
  /** Ray's header `serve_multiplexed_model_id`, empty without one. */
  readonly modelId: string;
  readonly startedMs: number;
  /** Infinity = no limit. */
  readonly deadlineMs: number;
  readonly series: SeriesRecorder;
}

/** What a request uses of its process. */
export interface RequestPorts {
  readonly connections: ReplicaConnections;
  now(): number;
  /** A request is on its way; `end` follows for each. */
  begin(): void;
  end(plan: RequestPlan, method: string, status: number): void;
  /** A request was answered here because it leads nowhere; `slice` is null where no route takes its path. */
  refused(slice: RoutingSlice | null, method: string, status: number): void;
  /** The answer ended before it was complete, and the client was cut off. */
  tellBroken(plan: RequestPlan, replicaId: string, why: string): void;
}

/** A request's way by the newest slices; null when its application has no (other) pool for it. */
export type Reroute = (plan: RequestPlan) => { readonly plan: RequestPlan; readonly pool: PoolRouter } | null;

export interface PlanPorts {
  readonly requestTimeoutMs: number;
  readonly windows: WindowReporter;
  readonly ports: Pick<RequestPorts, "now">;
  readonly ids: RequestIds;
  readonly random: () => number;
}

const noChoices: readonly never[] = [];

/** Everything about a request that its head and its way say. Written out: a spread of so many fields is slow for the engine. */
export function planRequest(from: PlanPorts, exchange: Exchange, way: Way, name: string): RequestPlan {
  const startedMs = from.ports.now();
  const timeoutMs = timeoutOf(exchange.header("x-request-timeout-seconds"), from.requestTimeoutMs);
  const { slice, variant } = way;
  const identity = { revision: variant.revision, applicationId: slice.applicationId, choices: noChoices };
  return {
    slice,
    revisionNumber: variant.revision,
    revision: String(variant.revision),
    deployment: way.pool.deployment,
    target: way.target,
    name,
    requestId: from.ids.seal(name, identity),
    clientRequestId: exchange.header("x-request-id") ?? "",
    traceparent: continueTrace(exchange.header("traceparent"), from.random),
    modelId: exchange.header("serve_multiplexed_model_id") ?? "",
    startedMs,
    // A protocol that took over has no answer to wait for.
    deadlineMs: timeoutMs > 0 && exchange.upgrade === "" ? startedMs + timeoutMs : Infinity,
    series: seriesOf(from.windows, slice, variant),
  };
}

/** The same request on another way. */
export function replanRequest(from: PlanPorts, before: RequestPlan, way: Way): RequestPlan {
  const { slice, variant } = way;
  return {
    slice,
    revisionNumber: variant.revision,
    revision: String(variant.revision),
    deployment: way.pool.deployment,
    target: way.target,
    name: before.name,
    requestId: from.ids.seal(before.name, {
      revision: variant.revision,
      applicationId: slice.applicationId,
      choices: noChoices,
    }),
    clientRequestId: before.clientRequestId,
    traceparent: before.traceparent,
    modelId: before.modelId,
    startedMs: before.startedMs,
    deadlineMs: before.deadlineMs,
    series: seriesOf(from.windows, slice, variant),
  };
}

function seriesOf(windows: WindowReporter, slice: RoutingSlice, variant: RoutedVariant): SeriesRecorder {
  return windows.series({
    application: slice.application,
    deployment: "",
    revision: variant.revision,
    variant: variant.variant,
  });
}

/** Ray's header `x-request-timeout-seconds` overrides the setting; 0 or less switches the limit off. */
function timeoutOf(header: string | undefined, settingMs: number): number {
  if (header === undefined) return settingMs;
  const seconds = Number(header);
  return Number.isFinite(seconds) ? seconds * 1000 : settingMs;
}
