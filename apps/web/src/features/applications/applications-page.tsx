"use client";

import Link from "next/link";
import { Plus } from "lucide-react";
import { ListBody } from "@/components/list-body.tsx";
import { judgeList } from "@/components/list-state.ts";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { FilterInput } from "@/components/ui/filter-input.tsx";
import { useUrlFilter } from "@/components/use-url-filter.ts";
import { useApplications } from "@/data/queries.ts";
import { ApplicationTable } from "./application-table.tsx";
import { NoApplications } from "./no-applications.tsx";

export function ApplicationsPage() {
  const applications = useApplications();
  const [filter, setFilter] = useUrlFilter("q");
  const items = applications.data?.items ?? [];
  const isEmpty = judgeList(applications, items.length) === "empty";
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
            {/* An empty page has its one primary button in the middle. */}
            {!isEmpty && (
              <Button asChild look="primary">
                <Link href="/applications/new">
                  <Plus aria-hidden /> New application
                </Link>
              </Button>
            )}
          </>
        }
      />
      <ListBody query={applications} total={items.length} shown={shown.length} empty={<NoApplications />} columns={8}>
        <ApplicationTable applications={shown} />
      </ListBody>
    </>
  );
}
