"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { MetricName } from "@sluice/contracts";
import { queryBounds } from "@/format/time-range.ts";
import type { TimeRange } from "@/format/time-range.ts";
import { isNotFound } from "./problem.ts";
import { pollMs, usePollMs } from "./live.tsx";
import { useTRPC } from "./trpc.ts";

/** Largest page the API gives; the dashboard shows whole lists. */
const limit = 500;

export function useApplications() {
  return useQuery(useTRPC().applications.list.queryOptions({ limit }, { refetchInterval: usePollMs() }));
}

export function useApplication(name: string) {
  return useQuery(useTRPC().applications.get.queryOptions({ name }, { refetchInterval: usePollWhileThere() }));
}

export function useRevisions(name: string, enabled = true) {
  return useQuery(
    useTRPC().applications.revisions.queryOptions(
      { name, limit: 100 },
      { enabled, refetchInterval: usePollWhileThere() },
    ),
  );
}

/** What was deleted is not asked for again; the stream of changes tells if it comes back. */
function usePollWhileThere() {
  const everyMs = usePollMs();
  return ({ state }: { readonly state: { readonly error: unknown } }): number | false =>
    isNotFound(state.error) ? false : everyMs;
}

export function useDeployments() {
  return useQuery(useTRPC().deployments.list.queryOptions({ limit }, { refetchInterval: usePollMs() }));
}

export function useReplicas(application?: string) {
  const input = application === undefined ? { limit } : { limit, application };
  return useQuery(useTRPC().replicas.list.queryOptions(input, { refetchInterval: usePollMs() }));
}

export function useNodes() {
  return useQuery(useTRPC().nodes.list.queryOptions({ limit }, { refetchInterval: usePollMs() }));
}

export function useNode(id: string) {
  return useQuery(useTRPC().nodes.get.queryOptions({ id }, { refetchInterval: usePollWhileThere() }));
}

export function useJoinTokens() {
  return useQuery(useTRPC().nodes.joinTokens.queryOptions(undefined, { refetchInterval: usePollMs() }));
}

/** What the autoscaler thinks moves with the load: asked for each second while somebody looks. */
export function useAutoscaling(name: string, enabled: boolean) {
  return useQuery(useTRPC().rollouts.autoscaling.queryOptions({ name }, { enabled, refetchInterval: 1000 }));
}

export function useGateways() {
  return useQuery(useTRPC().gateways.list.queryOptions({ limit }, { refetchInterval: usePollMs() }));
}

export interface EventFilter {
  readonly application?: string;
  readonly severity?: "info" | "warning" | "error";
  readonly limit?: number;
}

export function useEvents(filter: EventFilter) {
  return useQuery(
    useTRPC().events.list.queryOptions(filter, { refetchInterval: usePollMs(), placeholderData: keepPreviousData }),
  );
}

export function useBundles() {
  return useQuery(useTRPC().bundles.list.queryOptions({ limit }, { refetchInterval: 10_000 }));
}

export function useHealth() {
  return useQuery(useTRPC().system.health.queryOptions(undefined, { refetchInterval: usePollMs() }));
}

/** The server stopped answering: what is on screen is what it said last, and must not look current. */
export function useIsStale(): boolean {
  const health = useHealth();
  return health.isError || (health.failureCount > 0 && health.data !== undefined);
}

export interface MetricsOf {
  readonly metrics: readonly MetricName[];
  readonly application?: string;
  readonly deployment?: string;
  readonly byRevision?: boolean;
  readonly range: TimeRange;
  readonly stepS?: number;
  readonly enabled?: boolean;
  readonly refetchMs?: number;
}

/** Windows move all the time, so metrics are polled; a fixed span in the past is asked for once. */
export function useMetrics({
  metrics,
  application,
  deployment,
  byRevision,
  range,
  stepS,
  enabled,
  refetchMs,
}: MetricsOf) {
  return useQuery(
    useTRPC().metrics.query.queryOptions(
      {
        metric: metrics.join(","),
        group_by: byRevision === true ? "revision" : "none",
        ...queryBounds(range),
        ...(application === undefined ? {} : { application }),
        ...(deployment === undefined ? {} : { deployment }),
        ...(stepS === undefined ? {} : { step: stepS }),
      },
      {
        enabled: enabled ?? true,
        refetchInterval: range.kind === "last" ? (refetchMs ?? pollMs) : false,
        placeholderData: keepPreviousData,
      },
    ),
  );
}
