"use client";

import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterInput } from "@/components/ui/filter-input.tsx";
import { useUrlFilter } from "@/components/use-url-filter.ts";
import { useDeployments } from "@/data/queries.ts";
import { DeploymentTable } from "./deployment-table.tsx";

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
        <DeploymentTable deployments={shown} showApplication />
      </ListBody>
    </>
  );
}
