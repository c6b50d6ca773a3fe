"use client";

import { ReplicaPanel } from "@/components/replicas/replica-panel.tsx";
import { Banner } from "@/components/ui/banner.tsx";
import { useApplication, useReplicas } from "@/data/queries.ts";
import { useApplicationName } from "@/features/application/use-application-name.ts";
import { OverviewSkeleton } from "@/features/application/overview-skeleton.tsx";
import { Playground } from "./playground.tsx";

export function PlaygroundTab() {
  const name = useApplicationName();
  const application = useApplication(name).data;
  const replicas = useReplicas(name);
  if (application === undefined) return <OverviewSkeleton />;
  const serves = application.traffic.effective.some((variant) => variant.weight > 0);
  return (
    <div className="grid items-start gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_348px]">
      <div className="grid min-w-0 gap-3.5">
        {!serves && (
          <Banner tone="busy">
            No revision takes requests yet; an answer now would be 503. It opens by itself when a replica is ready.
          </Banner>
        )}
        <Playground application={application} />
      </div>
      <ReplicaPanel query={replicas} wanted={application.wanted_replicas} />
    </div>
  );
}
