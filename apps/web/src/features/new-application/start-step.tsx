"use client";

import Link from "next/link";
import type { ApplicationView, ReplicaView } from "@sluice/contracts";
import { EventFeed } from "@/components/events/event-feed.tsx";
import { ReplicaPanel } from "@/components/replicas/replica-panel.tsx";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { isNotFound } from "@/data/problem.ts";
import { useApplication, useEvents, useReplicas } from "@/data/queries.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { Playground } from "@/features/playground/playground.tsx";

/** Step 3: each replica's stages with their times, then the playground as soon as one answers. */
export function StartStep({ name, revision, onBack }: { name: string; revision: number; onBack: () => void }) {
  const application = useApplication(name);
  const replicaAnswer = useReplicas(name);
  const replicas = replicaAnswer.data?.items ?? [];
  const events = useEvents({ application: name, limit: 10 });
  const view = application.data;
  const failed = view?.status === "DEPLOY_FAILED";
  const hasTraffic =
    view?.traffic.effective.some((variant) => variant.revision === revision && variant.weight > 0) === true;
  const isServing =
    hasTraffic && replicas.some((replica) => replica.stage === "ready" && replica.revisions.includes(revision));
  return (
    <div className="grid items-start gap-[18px] min-[1160px]:grid-cols-[minmax(0,1fr)_420px]">
      <div className="grid min-w-0 gap-3.5">
        {failed && <Failure view={view} onBack={onBack} />}
        {view !== undefined && !failed && (
          <Status name={name} view={view} revision={revision} serving={isServing} replicas={replicas} />
        )}
        {isServing && view !== undefined ? (
          <Playground application={view} />
        ) : (
          !failed && (
            <Card title="Playground" note="opens when a replica is ready">
              <Skeleton className="h-64" />
            </Card>
          )
        )}
        {application.isError && !isNotFound(application.error) && (
          <Banner tone="warn">The server does not answer; it is asked again every 2 s.</Banner>
        )}
      </div>
      <div className="grid min-w-0 gap-3.5">
        <ReplicaPanel query={replicaAnswer} wanted={view?.wanted_replicas ?? 0} />
        <Card title="Events" flush>
          <EventFeed query={events} shownAtMost={10} empty="The first events arrive when the controller acts." />
        </Card>
      </div>
    </div>
  );
}

function Failure({ view, onBack }: { view: ApplicationView; onBack: () => void }) {
  return (
    <Banner
      tone="bad"
      action={
        <Button size="small" onClick={onBack}>
          Back to the form
        </Button>
      }
    >
      <p className="font-medium">The deploy failed. What you typed is kept.</p>
      <p className="whitespace-pre-wrap text-dim">{view.message}</p>
    </Banner>
  );
}

interface StatusProps {
  name: string;
  view: ApplicationView;
  revision: number;
  serving: boolean;
  replicas: readonly ReplicaView[];
}

function Status({ name, view, revision, serving, replicas }: StatusProps) {
  const coldStart = coldStartText(replicas, revision);
  return (
    <Banner
      tone={serving ? "ok" : "busy"}
      action={
        <Button asChild size="small">
          <Link href={applicationPath(name)}>Open application</Link>
        </Button>
      }
    >
      {serving ? (
        <>
          Revision {revision} serves {view.route_prefix ?? "calls from other deployments"}
          {coldStart}.
        </>
      ) : (
        <>{view.message === "" ? `Revision ${revision} is starting.` : view.message}</>
      )}
    </Banner>
  );
}

function coldStartText(replicas: readonly ReplicaView[], revision: number): string {
  const times = replicas
    .filter((replica) => replica.revisions.includes(revision) && replica.stage_times.ready !== undefined)
    .map((replica) => Date.parse(replica.stage_times.ready ?? replica.created_at) - Date.parse(replica.created_at));
  return times.length === 0 ? "" : `; ready in ${(Math.min(...times) / 1000).toFixed(1)} s`;
}
