"use client";

import Link from "next/link";
import { Plus } from "lucide-react";
import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { FilterInput } from "@/components/ui/filter-input.tsx";
import { Table, Th } from "@/components/ui/table.tsx";
import { useUrlFilter } from "@/components/use-url-filter.ts";
import { useApplications } from "@/data/queries.ts";
import { ApplicationRow } from "./application-row.tsx";
import { NoApplications } from "./no-applications.tsx";

export function ApplicationsPage() {
  const applications = useApplications();
  const [filter, setFilter] = useUrlFilter("q");
  const items = applications.data?.items ?? [];
  const text = filter.trim().toLowerCase();
  const shown = items.filter((one) =>
    `${one.name} ${one.route_prefix ?? ""} ${one.status}`.toLowerCase().includes(text),
  );
  return (
    <>
      <PageHeader
        title="Applications"
        actions={
          <>
            {items.length > 0 && (
              <FilterInput label="Filter by name, route or state" value={filter} onChange={setFilter} />
            )}
            <Button asChild look="primary">
              <Link href="/applications/new">
                <Plus aria-hidden /> New application
              </Link>
            </Button>
          </>
        }
      />
      <ListBody query={applications} total={items.length} shown={shown.length} empty={<NoApplications />} columns={8}>
        <Table label="Applications">
          <thead>
            <tr>
              <Th>Application</Th>
              <Th>State</Th>
              <Th className="max-sm:hidden">Route</Th>
              <Th className="max-sm:hidden">Revision</Th>
              <Th numeric>Ready</Th>
              <Th numeric>Throughput, 5 min</Th>
              <Th numeric>p99, 5 min</Th>
              <Th numeric>Errors, 5 min</Th>
              <Th numeric className="hidden lg:table-cell">
                Trend
              </Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((application) => (
              <ApplicationRow key={application.id} application={application} />
            ))}
          </tbody>
        </Table>
      </ListBody>
    </>
  );
}
