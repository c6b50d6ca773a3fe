"use client";

import Link from "next/link";
import type { DeploymentView } from "@sluice/contracts";
import { MeasuredFigure } from "@/components/charts/measured-figure.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { useMetrics } from "@/data/queries.ts";
import { lookOfDeployment } from "@/features/deployment/deployment-look.ts";
import { deploymentPath } from "@/features/deployment/deployment-path.ts";
import { formatBytes, formatNumber } from "@/format/numbers.ts";

export interface DeploymentTableProps {
  deployments: readonly DeploymentView[];
  showApplication?: boolean;
}

export function DeploymentTable({ deployments, showApplication = false }: DeploymentTableProps) {
  return (
    <Table label="Deployments">
      <thead>
        <tr>
          <Th>Deployment</Th>
          {showApplication && <Th>Application</Th>}
          <Th>State</Th>
          <Th>Runtime</Th>
          <Th numeric>Replicas ready</Th>
          <Th>Number</Th>
          <Th numeric>Per replica</Th>
          <Th numeric>Max ongoing</Th>
          <Th numeric>Throughput, 5 min</Th>
          <Th numeric>p99, 5 min</Th>
        </tr>
      </thead>
      <tbody>
        {deployments.map((deployment) => (
          <Row
            key={`${deployment.application}/${deployment.name}`}
            deployment={deployment}
            showApplication={showApplication}
          />
        ))}
      </tbody>
    </Table>
  );
}

const window = { kind: "last", durationMs: 300_000 } as const;

function Row({ deployment, showApplication }: { deployment: DeploymentView; showApplication: boolean }) {
  const look = lookOfDeployment(deployment);
  const { application, name } = deployment;
  const metrics = useMetrics({
    metrics: ["throughput", "latency_p99"],
    application,
    deployment: name,
    range: window,
    refetchMs: 5000,
  }).data;
  return (
    <tr className="relative hover:bg-raise/60">
      <Td>
        <Link href={deploymentPath(application, name)} className="font-medium after:absolute after:inset-0">
          {name}
        </Link>
        {deployment.ingress && <span className="ml-2 text-xs text-faint">ingress</span>}
      </Td>
      {showApplication && <Td className="text-dim">{application}</Td>}
      <Td>
        <StateBadge
          plain
          tone={look.tone}
          word={look.word}
          reason={look.reason === "" ? undefined : <p className="break-words">{look.reason}</p>}
        />
      </Td>
      <Td className="text-dim">{deployment.options.runtime}</Td>
      <Td numeric>
        {deployment.ready_replicas}
        <span className="text-xs text-faint"> of {deployment.target_num_replicas}</span>
      </Td>
      <Td className="text-dim">{whoDecides(deployment)}</Td>
      <Td numeric className="text-dim">
        {resourcesText(deployment)}
      </Td>
      <Td numeric>{deployment.options.max_ongoing_requests}</Td>
      <Td numeric>
        <MeasuredFigure answer={metrics} metric="throughput" unit="req/s" />
      </Td>
      <Td numeric>
        <MeasuredFigure answer={metrics} metric="latency_p99" unit="ms" />
      </Td>
    </tr>
  );
}

/** Who owns the number of replicas. */
function whoDecides({ options, manual_num_replicas: manual }: DeploymentView): string {
  const { autoscaling } = options;
  if (autoscaling !== undefined) return `automatic, ${autoscaling.min_replicas} to ${autoscaling.max_replicas}`;
  return manual === null ? "fixed" : `by hand, spec ${options.num_replicas}`;
}

function resourcesText({ options }: DeploymentView): string {
  const { num_cpus, num_gpus, memory } = options.ray_actor_options;
  return [
    `${formatNumber(num_cpus)} CPU`,
    num_gpus > 0 ? `${formatNumber(num_gpus)} GPU` : "",
    memory > 0 ? formatBytes(memory) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}
