"use client";

import { useParams } from "next/navigation";
import type { ReactNode } from "react";
import type { ApplicationView, DeploymentView } from "@sluice/contracts";
import { CrosshairProvider } from "@/components/charts/crosshair.tsx";
import { RangePicker } from "@/components/charts/range-picker.tsx";
import { useTimeRange } from "@/components/charts/use-time-range.ts";
import { EventFeed } from "@/components/events/event-feed.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { useApplication, useEvents, useReplicas } from "@/data/queries.ts";
import { OverviewSkeleton } from "@/features/application/overview-skeleton.tsx";
import { useApplicationName } from "@/features/application/use-application-name.ts";
import { AutoscalingPanel } from "./autoscaling-panel.tsx";
import { DecisionHistory } from "./decision-history.tsx";
import { DeploymentCharts } from "./deployment-charts.tsx";
import { byHandWords, lookOfDeployment } from "./deployment-look.ts";
import { OptionsCard } from "./options-card.tsx";
import { PlacementPanel } from "./placement-panel.tsx";
import { waitsForOld } from "./refused-nodes.ts";
import { ReplicaTable } from "./replica-table.tsx";
import { ScaleControl } from "./scale-control.tsx";

/** One deployment: how many replicas, why that many, where they are, and why one waits. */
export function DeploymentPage() {
  const name = useApplicationName();
  const { deployment: parameter } = useParams<{ deployment: string }>();
  const deploymentName = decodeURIComponent(parameter);
  const application = useApplication(name).data;
  if (application === undefined) return <OverviewSkeleton />;
  const deployment = application.deployments_detail.find((one) => one.name === deploymentName);
  if (deployment === undefined) {
    return (
      <EmptyState title={`${name} has no deployment ${deploymentName}`}>
        <p>
          Revision {application.target_revision} has{" "}
          {application.deployments_detail.map((one) => one.name).join(", ") || "none that is known yet"}.
        </p>
      </EmptyState>
    );
  }
  return <Deployment application={application} deployment={deployment} />;
}

interface DeploymentProps {
  application: ApplicationView;
  deployment: DeploymentView;
}

function Deployment({ application: whole, deployment }: DeploymentProps) {
  const { application, name, options } = deployment;
  const { rollout } = whole;
  const { range, setRange } = useTimeRange();
  const replicaQuery = useReplicas(application);
  const replicas = (replicaQuery.data?.items ?? []).filter((replica) => replica.deployment === name);
  const live = replicas.filter(({ stage }) => stage !== "stopped" && stage !== "failed");
  const ended = replicas.filter(({ stage }) => stage === "stopped" || stage === "failed");
  const warm = live.filter(({ warm_until: until }) => until !== null).length;
  const eventQuery = useEvents({ application, limit: 300 });
  const events = (eventQuery.data?.items ?? []).filter((event) => event.deployment === name);
  const ownEvents = { ...eventQuery, data: eventQuery.data === undefined ? undefined : { items: events } };
  return (
    <>
      <Header deployment={deployment}>
        <RangePicker range={range} onChange={setRange} />
      </Header>
      <div className="grid items-start gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_348px]">
        <div className="grid min-w-0 gap-3.5">
          <PlacementPanel deployment={deployment} replicas={live} takesTurns={waitsForOld(rollout, name, live)} />
          {options.autoscaling !== undefined && (
            <AutoscalingPanel deployment={deployment} config={options.autoscaling} />
          )}
          <ReplicaTable
            query={replicaQuery}
            replicas={live}
            ended={ended}
            note={`${deployment.ready_replicas} ready of ${deployment.target_num_replicas} wanted${byHandWords(deployment)}${warm > 0 ? `, ${warm} kept warm for a rollback` : ""}`}
            empty={deployment.target_num_replicas === 0 ? "None is wanted, so none runs." : "No replica runs yet."}
          />
          <CrosshairProvider>
            <DeploymentCharts
              application={application}
              deployment={name}
              range={range}
              onRange={setRange}
              events={events}
            />
          </CrosshairProvider>
          {options.autoscaling !== undefined && <DecisionHistory query={eventQuery} deployment={name} />}
        </div>
        <div className="grid min-w-0 gap-3.5">
          <ScaleControl deployment={deployment} />
          <OptionsCard deployment={deployment} revision={whole.target_revision} />
          <Card title="Events" note="of this deployment" flush>
            <EventFeed query={ownEvents} shownAtMost={8} />
          </Card>
        </div>
      </div>
    </>
  );
}

function Header({ deployment, children }: { deployment: DeploymentView; children: ReactNode }) {
  const look = lookOfDeployment(deployment);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-2.5 gap-y-2">
      <h2 className="text-[15px] font-semibold tracking-[-0.01em]">{deployment.name}</h2>
      <StateBadge tone={look.tone} word={look.word} reason={look.reason} />
      {deployment.ingress && <span className="text-xs text-faint">ingress: requests come in here</span>}
      <div className="ml-auto">{children}</div>
    </div>
  );
}
