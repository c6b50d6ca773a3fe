"use client";

import { useState } from "react";
import type { EventView } from "@sluice/contracts";
import { judgeList } from "@/components/list-state.ts";
import type { ListQuery } from "@/components/list-state.ts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { SkeletonRows } from "@/components/ui/skeleton.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { formatNumber, noData, plural } from "@/format/numbers.ts";
import { formatClockSeconds, formatMoment } from "@/format/time.ts";
import { listDecisions } from "./decision-rows.ts";
import type { DecisionRow } from "./decision-rows.ts";

const shownFirst = 12;

export interface DecisionHistoryProps {
  query: ListQuery & { readonly error: unknown; readonly data: { readonly items: readonly EventView[] } | undefined };
  deployment: string;
}

/** Every change of the number with what led to it, newest first. */
export function DecisionHistory({ query, deployment }: DecisionHistoryProps) {
  const [all, setAll] = useState(false);
  const rows = listDecisions(query.data?.items ?? [], deployment);
  const state = judgeList(query, rows.length);
  return (
    <Card title="Scaling decisions" note="each change of the number, newest first" flush>
      {state === "loading" && <SkeletonRows rows={3} columns={7} />}
      {state === "refused" && <p className="px-3.5 pb-3.5 text-bad">{sentenceOf(query.error)}</p>}
      {state === "empty" && (
        <p className="px-3.5 pb-3.5 text-dim">
          The number has not changed yet. Send it more requests than its target: each decision is listed here with its
          numbers.
        </p>
      )}
      {state === "filled" && (
        <Table label="Scaling decisions">
          <thead>
            <tr>
              <Th>Time</Th>
              <Th>From → to</Th>
              <Th numeric title="requests that waited or were worked on when it was decided">
                Measured
              </Th>
              <Th numeric>Load</Th>
              <Th numeric>Formula</Th>
              <Th numeric>After factor</Th>
              <Th numeric>Bounds</Th>
              <Th numeric>Delay</Th>
              <Th>Why</Th>
            </tr>
          </thead>
          <tbody>
            {(all ? rows : rows.slice(0, shownFirst)).map((row) => (
              <Decision key={row.id} row={row} />
            ))}
          </tbody>
        </Table>
      )}
      {rows.length > shownFirst && (
        <div className="border-t border-line px-2 py-1.5">
          <Button look="quiet" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${plural(rows.length, "decision")}`}
          </Button>
        </div>
      )}
    </Card>
  );
}

function Decision({ row }: { row: DecisionRow }) {
  const isUp = (row.to ?? 0) > (row.from ?? 0);
  return (
    <tr>
      <Td className="whitespace-nowrap text-dim">
        <time dateTime={row.at} title={formatMoment(row.at)}>
          {formatClockSeconds(row.at)}
        </time>
      </Td>
      <Td className="font-medium whitespace-nowrap">
        {formatNumber(row.from)} <span className="text-faint">→</span> {formatNumber(row.to)}
        <span className="ml-1.5 text-xs font-normal text-faint">{isUp ? "up" : "down"}</span>
      </Td>
      <Td numeric>
        <Known value={row.requests} />
        {row.requests !== null && (
          <span className="text-xs text-faint">
            {" "}
            ({formatNumber(row.queued)} + {formatNumber(row.sent)})
          </span>
        )}
      </Td>
      <Td numeric>
        <Known value={row.load} />
      </Td>
      <Td numeric>
        <Known value={row.desired} />
        {row.perReplica !== null && <span className="text-xs text-faint"> at {formatNumber(row.perReplica)}</span>}
      </Td>
      <Td numeric>
        <Known value={row.afterFactor} />
      </Td>
      <Td numeric className="text-dim">
        {row.min === null || row.max === null ? noData : `${row.min} to ${row.max}`}
      </Td>
      <Td numeric className="text-dim">
        {row.delayMs === null ? "none" : `${formatNumber(row.delayMs / 1000)} s`}
      </Td>
      <Td className="min-w-[260px] text-xs text-dim">{row.reason}</Td>
    </tr>
  );
}

function Known({ value }: { value: number | null }) {
  return value === null ? <span className="text-faint">no data</span> : formatNumber(value);
}
