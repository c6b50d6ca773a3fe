import type { ApplicationSummary } from "@sluice/contracts";
import { Table, Th } from "@/components/ui/table.tsx";
import { ApplicationRow } from "./application-row.tsx";

/** Applications with their state and the figures of the last five minutes. */
export function ApplicationTable({ applications }: { applications: readonly ApplicationSummary[] }) {
  return (
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
        {applications.map((application) => (
          <ApplicationRow key={application.id} application={application} />
        ))}
      </tbody>
    </Table>
  );
}
