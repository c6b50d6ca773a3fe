"use client";

import Link from "next/link";
import { useMemo } from "react";
import { CrosshairProvider } from "@/components/charts/crosshair.tsx";
import { RangePicker } from "@/components/charts/range-picker.tsx";
import { useTimeRange } from "@/components/charts/use-time-range.ts";
import { EventFeed } from "@/components/events/event-feed.tsx";
import { PipelineGraph } from "@/components/graph/pipeline-graph.tsx";
import { ReplicaPanel } from "@/components/replicas/replica-panel.tsx";
import { TrafficPanel } from "@/components/traffic/traffic-panel.tsx";
import { Card } from "@/components/ui/card.tsx";
import { useApplication, useEvents, useIsStale, useMetrics, useReplicas, useRevisions } from "@/data/queries.ts";
import { describeTimeRange } from "@/format/time-range.ts";
import { RolloutCard } from "@/features/rollout/rollout-card.tsx";
import { RolloutLine } from "@/features/rollout/rollout-line.tsx";
import { isRunning } from "@/features/rollout/rollout-steps.ts";
import { KeyFigures, figuresOf } from "./key-figures.tsx";
import { OverviewCharts, overviewMetrics, revisionMetrics } from "./overview-charts.tsx";
import { OverviewSkeleton } from "./overview-skeleton.tsx";
import { useApplicationName } from "./use-application-name.ts";

/** What one watches at the left, what one acts on at the right. */
export function ApplicationOverview() {
  const name = useApplicationName();
  const { range, setRange } = useTimeRange();
  const isStale = useIsStale();
  const application = useApplication(name).data;
  const revisions = useRevisions(name).data?.items ?? [];
  const replicaAnswer = useReplicas(name);
  const replicas = replicaAnswer.data?.items ?? [];
  const eventAnswer = useEvents({ application: name, limit: 50 });
  const events = eventAnswer.data?.items;
  const clusterEvents = useEvents({ limit: 100 }).data?.items;
  const marked = useMemo(
    () => [...(events ?? []), ...(clusterEvents ?? []).filter((event) => event.application === null)],
    [events, clusterEvents],
  );
  const metrics = useMetrics({ metrics: overviewMetrics, application: name, range }).data;
  useMetrics({ ...revisionMetrics, application: name, range });
  if (application === undefined) return <OverviewSkeleton />;

  const { rollout } = application;
  const capacity = replicas
    .filter((replica) => replica.stage === "ready")
    .reduce(
      (sum, replica) =>
        sum +
        (application.deployments_detail.find((one) => one.name === replica.deployment)?.options.max_ongoing_requests ??
          0),
      0,
    );
  return (
    <>
      <div className="mb-2.5 flex items-center justify-between gap-2">
        <p className="text-xs text-faint">
          {range.kind === "span" ? (
            <>
              A fixed span, not live.{" "}
              <button type="button" className="text-accent hover:underline" onClick={() => setRange("15m")}>
                Back to live
              </button>
            </>
          ) : (
            `${isStale ? "Not live" : "Live"}, ${describeTimeRange(range)}`
          )}
        </p>
        <RangePicker range={range} onChange={setRange} />
      </div>
      {rollout !== null && isRunning(rollout) && (
        <RolloutCard application={application} rollout={rollout} replicas={replicas} />
      )}
      {rollout !== null && !isRunning(rollout) && rollout.phase !== "failed" && (
        <RolloutLine application={application} revisions={revisions} />
      )}
      <KeyFigures figures={figuresOf(metrics, application.ready_replicas, application.wanted_replicas, capacity)} />
      <div className="grid items-start gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_348px]">
        <CrosshairProvider>
          <div className="grid min-w-0 gap-3.5">
            <PipelineGraph application={application} replicas={replicas} />
            <OverviewCharts application={name} range={range} onRange={setRange} events={marked} />
          </div>
        </CrosshairProvider>
        <div className="grid min-w-0 gap-3.5">
          <TrafficPanel application={application} revisions={revisions} replicas={replicas} />
          <ReplicaPanel query={replicaAnswer} wanted={application.wanted_replicas} />
          <Card
            title="Events"
            flush
            actions={
              <Link
                href={`/events?application=${encodeURIComponent(name)}`}
                className="text-xs text-faint hover:text-text"
              >
                All events
              </Link>
            }
          >
            <EventFeed query={eventAnswer} shownAtMost={12} />
          </Card>
        </div>
      </div>
    </>
  );
}
