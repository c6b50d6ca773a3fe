"use client";

import { useQueries } from "@tanstack/react-query";
import type { MetricAnswer } from "@sluice/contracts";
import { totalOf } from "@/components/charts/chart-model.ts";
import { pollMs } from "@/data/live.tsx";
import { useTRPC } from "@/data/trpc.ts";
import type { Arrow, PipelineGraph } from "./graph-model.ts";

export type RatesByScope = ReadonlyMap<string, MetricAnswer>;

const scopeOf = (deployment: string, byRevision: boolean): string =>
  `${deployment}|${byRevision ? "revision" : "none"}`;

/** Rate and p99 of the last minute for every scope the arrows name. */
export function usePipelineRates(application: string, graph: PipelineGraph): RatesByScope {
  const trpc = useTRPC();
  const scopes = [
    ...new Map(graph.arrows.map((arrow) => [scopeOf(arrow.deployment, arrow.revision !== null), arrow])).entries(),
  ];
  return useQueries({
    queries: scopes.map(([, arrow]) =>
      trpc.metrics.query.queryOptions(
        {
          metric: "throughput,latency_p99",
          application,
          ...(arrow.deployment === "" ? {} : { deployment: arrow.deployment }),
          group_by: arrow.revision === null ? "none" : "revision",
          from: "1m",
          to: "now",
        },
        { refetchInterval: pollMs },
      ),
    ),
    combine: (results) =>
      new Map(
        scopes.flatMap(([scope], index) =>
          results[index]?.data === undefined ? [] : [[scope, results[index].data] as const],
        ),
      ),
  });
}

export function readingOf(
  rates: RatesByScope,
  arrow: Arrow,
): { readonly isAnswered: boolean; readonly rate: number | null; readonly p99Ms: number | null } {
  const answer = rates.get(scopeOf(arrow.deployment, arrow.revision !== null));
  const labels: Record<string, string> = arrow.revision === null ? {} : { revision: String(arrow.revision) };
  return {
    isAnswered: answer !== undefined,
    rate: totalOf(answer, "throughput", labels),
    p99Ms: totalOf(answer, "latency_p99", labels),
  };
}
