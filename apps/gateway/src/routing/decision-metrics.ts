/** What the routers decided, and why, as a counter: turned into series at scrape time from their own plain numbers. */
import type { MetricsRegistry } from "@sluice/observability";
import type { DecisionCounts } from "@sluice/router";
import type { RoutingState } from "./routing-state.ts";

type Label = "application" | "deployment" | "decision" | "reason";

/** How each group of counts is called. */
const decisions: Readonly<Record<keyof DecisionCounts, string>> = {
  picks: "pick",
  waits: "wait",
  refusals: "refuse",
  ejections: "eject",
  retries: "retry",
};

export function registerDecisionMetrics(metrics: MetricsRegistry, routing: RoutingState): void {
  const counter = metrics.counter<Label>({
    name: "sluice_router_decisions_total",
    help: "Decisions of this gateway's routers with their reason: pick, wait, refuse, eject, retry.",
    labels: ["application", "deployment", "decision", "reason"],
  });
  Object.assign(counter, {
    collect: () => {
      counter.reset();
      for (const { application, pool, router } of routing.pooled()) {
        for (const [group, decision] of Object.entries(decisions)) {
          const counts: Record<string, number> = router.counts[group as keyof DecisionCounts];
          for (const [reason, count] of Object.entries(counts)) {
            if (count > 0) counter.inc({ application, deployment: pool.deployment, decision, reason }, count);
          }
        }
      }
    },
  });
}
