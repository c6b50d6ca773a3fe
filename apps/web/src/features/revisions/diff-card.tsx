"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { RevisionView } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { Select } from "@/components/ui/select.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { SpecText } from "@/features/new-application/spec-text.tsx";
import { specToYaml } from "@/features/new-application/spec-yaml.ts";
import { FieldChanges } from "./field-changes.tsx";

/** What one revision changed against another, and its whole spec. */
export function DiffCard({
  application,
  revisions,
  to,
}: {
  application: string;
  revisions: readonly RevisionView[];
  to: number;
}) {
  const others = revisions.filter((revision) => revision.number !== to);
  const [chosen, setChosen] = useState<number | null>(null);
  const from = chosen ?? others.find((revision) => revision.number < to)?.number ?? others[0]?.number ?? null;
  const revision = revisions.find((one) => one.number === to);
  return (
    <div className="grid grid-cols-1 items-start gap-3.5 min-[1160px]:grid-cols-2">
      <Card
        title={`Changes in r${to}`}
        note="field by field"
        actions={
          from !== null && (
            <label className="flex items-center gap-2 text-xs text-faint">
              against
              <Select className="w-[84px]" value={from} onChange={(event) => setChosen(Number(event.target.value))}>
                {others.map((other) => (
                  <option key={other.number} value={other.number}>
                    r{other.number}
                  </option>
                ))}
              </Select>
            </label>
          )
        }
      >
        {from === null ? (
          <p className="text-dim">The first revision: there is nothing to compare with.</p>
        ) : (
          <Diff application={application} from={from} to={to} />
        )}
      </Card>
      {revision !== undefined && (
        <Card title={`Spec of r${to}`} note="as it was sent" flush>
          <SpecText text={specToYaml(revision.spec)} />
        </Card>
      )}
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
  return <FieldChanges changes={diff.data.changes} />;
}
