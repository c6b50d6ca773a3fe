"use client";

import type { ApplicationView } from "@sluice/contracts";
import { deploymentLook, replicaLook } from "@/components/states.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { useEvents, useReplicas } from "@/data/queries.ts";
import { useNow } from "@/data/use-now.ts";
import { formatAge } from "@/format/time.ts";

/** Why it is not running: what, since when, the last error, and each deployment or replica that waits. */
export function StatusReason({ application }: { application: ApplicationView }) {
  const nowMs = useNow();
  const replicas = useReplicas(application.name).data?.items ?? [];
  const lastError = useEvents({ application: application.name, severity: "error", limit: 1 }).data?.items[0];
  const waiting = replicas
    .filter((replica) => replica.message !== "" && !["ready", "stopped"].includes(replica.stage))
    .slice(0, 3);
  return (
    <div className="grid gap-2">
      <p className="break-words text-text">
        {application.message === "" ? "The controller has not given a reason yet." : application.message}
      </p>
      <p className="text-xs">Since {nowMs === 0 ? "" : formatAge(application.updated_at, nowMs)}</p>
      {application.deployments_detail
        .filter((deployment) => deployment.status !== "HEALTHY")
        .map((deployment) => (
          <p key={deployment.name} className="flex items-baseline gap-1.5 break-words">
            <StateMark tone={deploymentLook[deployment.status].tone} />
            <span className="min-w-0">
              {deployment.name}:{" "}
              {deployment.message === "" ? deploymentLook[deployment.status].word.toLowerCase() : deployment.message}
            </span>
          </p>
        ))}
      {waiting.map((replica) => (
        <p key={replica.id} className="flex items-baseline gap-1.5 text-xs">
          <StateMark tone={replicaLook[replica.stage].tone} />
          <span className="min-w-0 break-words">
            {replica.id}: {replica.message}
          </span>
        </p>
      ))}
      {lastError !== undefined && (
        <p className="text-xs break-words">
          Last error, {nowMs === 0 ? "" : formatAge(lastError.at, nowMs)}:{" "}
          <span className="font-mono text-2xs">{lastError.message}</span>
        </p>
      )}
    </div>
  );
}
