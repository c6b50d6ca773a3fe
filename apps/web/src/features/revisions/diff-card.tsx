"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeftRight } from "lucide-react";
import type { RevisionView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { RevisionChip } from "@/components/ui/revision-chip.tsx";
import { Select } from "@/components/ui/select.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { useNow } from "@/data/use-now.ts";
import { SpecText } from "@/features/new-application/spec-text.tsx";
import { specToYaml } from "@/features/new-application/spec-yaml.ts";
import { plural } from "@/format/numbers.ts";
import { formatAge, formatMoment } from "@/format/time.ts";
import { FieldChanges } from "./field-changes.tsx";

export interface DiffCardProps {
  application: string;
  revisions: readonly RevisionView[];
  /** null = the first revision, with nothing to compare with. */
  from: number | null;
  to: number;
  onChoose: (from: number, to: number) => void;
}

/** Any two revisions field by field, with who made each, when and why; and the whole spec of the second. */
export function DiffCard({ application, revisions, from, to, onChoose }: DiffCardProps) {
  const right = revisions.find((one) => one.number === to);
  const left = revisions.find((one) => one.number === from);
  return (
    <div className="grid grid-cols-1 items-start gap-3.5 min-[1160px]:grid-cols-2">
      <Card
        label={`Changes in r${to}`}
        title={`Changes in r${to}`}
        note="field by field"
        actions={
          from !== null && (
            <div className="flex items-center gap-1.5 text-xs text-faint">
              <Pick
                label="From revision"
                revisions={revisions}
                value={from}
                other={to}
                onPick={(next) => onChoose(next, to)}
              />
              <Button
                look="quiet"
                size="iconSmall"
                aria-label="Swap the two revisions"
                title="Swap the two revisions"
                onClick={() => onChoose(to, from)}
              >
                <ArrowLeftRight />
              </Button>
              <Pick
                label="To revision"
                revisions={revisions}
                value={to}
                other={from}
                onPick={(next) => onChoose(from, next)}
              />
            </div>
          )
        }
      >
        {from === null ? (
          <p className="text-dim">The first revision: there is nothing to compare with.</p>
        ) : (
          <>
            <dl className="mb-3 grid gap-2 sm:grid-cols-2">
              {[left, right].map((one) => one !== undefined && <Maker key={one.number} revision={one} />)}
            </dl>
            <Diff application={application} from={from} to={to} />
          </>
        )}
      </Card>
      {right !== undefined && (
        <Card title={`Spec of r${to}`} note="as it was sent" flush>
          <SpecText text={specToYaml(right.spec)} />
        </Card>
      )}
    </div>
  );
}

interface PickProps {
  label: string;
  revisions: readonly RevisionView[];
  value: number;
  /** Compared with itself a revision says nothing. */
  other: number;
  onPick: (revision: number) => void;
}

function Pick({ label, revisions, value, other, onPick }: PickProps) {
  return (
    <Select
      aria-label={label}
      className="w-[84px]"
      value={value}
      onChange={(event) => onPick(Number(event.target.value))}
    >
      {revisions.map(({ number }) => (
        <option key={number} value={number} disabled={number === other}>
          r{number}
        </option>
      ))}
    </Select>
  );
}

/** Who made it, when, and why. */
function Maker({ revision }: { revision: RevisionView }) {
  const nowMs = useNow(10_000);
  return (
    <div className="min-w-0 rounded-control border border-line px-3 py-2">
      <dt className="flex items-baseline gap-2">
        <RevisionChip revision={revision.number} />
        <span className="truncate text-xs text-faint">
          {revision.created_by}
          {nowMs > 0 && (
            <>
              {", "}
              <time dateTime={revision.created_at} title={formatMoment(revision.created_at)}>
                {formatAge(revision.created_at, nowMs)}
              </time>
            </>
          )}
        </span>
      </dt>
      <dd className="text-xs wrap-anywhere text-dim">
        {revision.message === "" ? <span className="text-faint">no message</span> : revision.message}
      </dd>
    </div>
  );
}

function Diff({ application, from, to }: { application: string; from: number; to: number }) {
  const diff = useQuery(
    useTRPC().applications.diff.queryOptions({ name: application, from, to }, { staleTime: Infinity }),
  );
  if (diff.isError) return <p className="text-bad">{sentenceOf(diff.error)}</p>;
  if (diff.data === undefined) return <Skeleton className="h-16" />;
  if (diff.data.changes.length === 0) return <p className="text-dim">The two specs are the same.</p>;
  return (
    <>
      <p className="mb-1.5 text-xs text-faint">{plural(diff.data.changes.length, "changed field")}</p>
      <FieldChanges changes={diff.data.changes} />
    </>
  );
}
