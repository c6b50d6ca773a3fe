"use client";

import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { useApplication } from "@/data/queries.ts";
import { useApplicationName } from "@/features/application/use-application-name.ts";
import { DeploymentTable } from "./deployment-table.tsx";

/** The deployments of one application. */
export function DeploymentList() {
  const application = useApplication(useApplicationName()).data;
  if (application === undefined) return <SkeletonRows rows={2} columns={7} />;
  if (application.deployments_detail.length === 0) {
    return (
      <p className="rounded-card border border-line bg-panel px-4 py-10 text-center text-dim">
        A node inspects the code of revision {application.target_revision}; its deployments appear here then.
      </p>
    );
  }
  return (
    <div className="overflow-hidden rounded-card border border-line bg-panel">
      <DeploymentTable deployments={application.deployments_detail} />
    </div>
  );
}
