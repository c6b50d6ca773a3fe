"use client";

import Link from "next/link";
import type { DeploymentView } from "@sluice/contracts";
import { MeasuredFigure } from "@/components/charts/measured-figure.tsx";
import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { deploymentLook } from "@/components/states.ts";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterInput } from "@/components/ui/filter-input.tsx";
import { StateBadge } from "@/components/ui/state-badge.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { useUrlFilter } from "@/components/use-url-filter.ts";
import { useDeployments, useMetrics } from "@/data/queries.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { formatBytes, formatNumber } from "@/format/numbers.ts";

export function DeploymentsPage() {
  const deployments = useDeployments();
  const [filter, setFilter] = useUrlFilter("q");
  const items = deployments.data?.items ?? [];
  const text = filter.trim().toLowerCase();
  const shown = items.filter((one) =>
    `${one.name} ${one.application} ${one.options.runtime} ${one.status}`.toLowerCase().includes(text),
  );
  return (
    <>
      <PageHeader
        title="Deployments"
        actions={
          items.length > 0 && <FilterInput label="Filter by name or application" value={filter} onChange={setFilter} />
        }
      />
      <ListBody
        query={deployments}
        total={items.length}
        shown={shown.length}
        columns={8}
        empty={
          <EmptyState title="No deployment runs">
            <p>
              Each application is made of deployments, the units that scale. They appear here once an application is
              deployed.
            </p>
          </EmptyState>
        }
      >
        <Table label="Deployments">
          <thead>
            <tr>
              <Th>Deployment</Th>
              <Th>Application</Th>
              <Th>State</Th>
              <Th>Runtime</Th>
              <Th numeric>Replicas ready</Th>
              <Th numeric>Per replica</Th>
              <Th numeric>Max ongoing</Th>
              <Th numeric>Throughput, 5 min</Th>
              <Th numeric>p99, 5 min</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((deployment) => (
              <Row key={`${deployment.application}/${deployment.name}`} deployment={deployment} />
            ))}
          </tbody>
        </Table>
      </ListBody>
    </>
  );
}

const window = { kind: "last", durationMs: 300_000 } as const;

function Row({ deployment }: { deployment: DeploymentView }) {
  const look = deploymentLook[deployment.status];
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
        <Link href={applicationPath(application)} className="font-medium after:absolute after:inset-0">
          {name}
        </Link>
        {deployment.ingress && <span className="ml-2 text-xs text-faint">ingress</span>}
      </Td>
      <Td className="text-dim">{application}</Td>
      <Td>
        <StateBadge
          plain
          tone={look.tone}
          word={look.word}
          reason={
            deployment.status === "HEALTHY" ? undefined : (
              <p className="break-words">
                {deployment.message === "" ? "The controller has not given a reason yet." : deployment.message}
              </p>
            )
          }
        />
      </Td>
      <Td className="text-dim">{deployment.options.runtime}</Td>
      <Td numeric>
        {deployment.ready_replicas}
        <span className="text-xs text-faint"> of {deployment.target_num_replicas}</span>
      </Td>
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
