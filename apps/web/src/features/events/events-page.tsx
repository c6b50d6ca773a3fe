"use client";

import { EventList } from "@/components/events/event-list.tsx";
import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterInput } from "@/components/ui/filter-input.tsx";
import { Select } from "@/components/ui/select.tsx";
import type { Severity } from "@/components/states.ts";
import { useUrlFilter } from "@/components/use-url-filter.ts";
import { useApplications, useEvents } from "@/data/queries.ts";

const severities: readonly Severity[] = ["info", "warning", "error"];
const shownAtMost = 200;

export function EventsPage() {
  const [filter, setFilter] = useUrlFilter("q");
  const [application, setApplication] = useUrlFilter("application");
  const [severityText, setSeverity] = useUrlFilter("severity");
  const severity = severities.find((one) => one === severityText);
  const applications = useApplications().data?.items ?? [];
  const events = useEvents({
    limit: shownAtMost,
    ...(application === "" ? {} : { application }),
    ...(severity === undefined ? {} : { severity }),
  });
  const items = events.data?.items ?? [];
  const text = filter.trim().toLowerCase();
  const shown = items.filter((event) =>
    `${event.message} ${event.reason} ${event.application ?? ""} ${event.replica_id ?? ""}`
      .toLowerCase()
      .includes(text),
  );
  const names = [...new Set([...applications.map((one) => one.name), ...(application === "" ? [] : [application])])];
  const isFiltered = application !== "" || severity !== undefined;
  return (
    <>
      <PageHeader
        title="Events"
        actions={
          <>
            <FilterInput label="Filter by text" value={filter} onChange={setFilter} />
            <Select
              aria-label="Application"
              value={application}
              onChange={(event) => setApplication(event.target.value)}
              className="w-[150px]"
            >
              <option value="">All applications</option>
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
            <Select
              aria-label="Severity"
              value={severity ?? ""}
              onChange={(event) => setSeverity(event.target.value)}
              className="w-[128px]"
            >
              <option value="">All severities</option>
              <option value="warning">Warnings</option>
              <option value="error">Errors</option>
              <option value="info">Info</option>
            </Select>
          </>
        }
      />
      <ListBody
        query={events}
        total={isFiltered ? Math.max(1, items.length) : items.length}
        shown={shown.length}
        columns={2}
        empty={
          <EmptyState title="Nothing has happened yet">
            <p>
              Every decision of the controller appears here with its reason and numbers: deploys, replaced replicas,
              traffic changes, lost nodes.
            </p>
          </EmptyState>
        }
      >
        <EventList events={shown} showApplication />
      </ListBody>
    </>
  );
}
