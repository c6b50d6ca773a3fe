"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import type { ApplicationView, RevisionView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Input } from "@/components/ui/input.tsx";
import { Select } from "@/components/ui/select.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { applicationPath } from "@/features/application/use-application-name.ts";
import { FieldChanges } from "./field-changes.tsx";

export interface RollbackDialogProps {
  application: ApplicationView;
  /** The revision it opens with. */
  revision: RevisionView;
  /** Others that may be chosen instead, newest first. */
  choices?: readonly RevisionView[];
  onClose: () => void;
}

/** Says exactly what changes and what does not. */
export function RollbackDialog({ application, revision: first, choices = [], onClose }: RollbackDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [message, setMessage] = useState("");
  const [revision, setRevision] = useState(first);
  const from = application.target_revision;
  const diff = useQuery(trpc.applications.diff.queryOptions({ name: application.name, from, to: revision.number }));
  const rollback = useMutation(
    trpc.applications.rollback.mutationOptions({
      onSuccess: () => {
        toast(`Rolling back to r${revision.number}`, {
          description: isWarm(revision)
            ? "Its replicas are warm: requests move at once."
            : "Its replicas start first; then requests move.",
        });
        for (const name of ["applications", "events"]) void queryClient.invalidateQueries({ queryKey: [[name]] });
        onClose();
        router.push(applicationPath(application.name));
      },
    }),
  );
  const split = application.traffic.wanted;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      className="w-[min(620px,calc(100vw-24px))]"
      title={`Roll back ${application.name} to r${revision.number}`}
      description={`r${revision.number} becomes the target instead of r${from}. ${howItGoes(revision, from)} No new revision is made.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            autoFocus
            reason={rollback.isPending ? "Being rolled back" : undefined}
            onClick={() =>
              rollback.mutate({
                name: application.name,
                revision: revision.number,
                ifGeneration: application.generation,
                ...(message === "" ? {} : { message }),
              })
            }
          >
            {rollback.isPending ? "Rolling back" : `Roll back to r${revision.number}`}
          </Button>
        </>
      }
    >
      {choices.length > 1 && (
        <label className="mt-4 grid gap-1.5">
          <span className="text-xs text-faint">To revision</span>
          <Select
            value={revision.number}
            onChange={(event) =>
              setRevision(choices.find((one) => one.number === Number(event.target.value)) ?? revision)
            }
          >
            {choices.map((one) => (
              <option key={one.number} value={one.number}>
                r{one.number}
                {isWarm(one) ? " (warm)" : ""}
                {one.message === "" ? "" : ` · ${one.message}`}
              </option>
            ))}
          </Select>
        </label>
      )}
      <h3 className="mt-4 mb-1.5 text-xs text-faint">What changes</h3>
      {diff.data === undefined ? (
        <Skeleton className="h-14" />
      ) : diff.data.changes.length === 0 ? (
        <p className="text-dim">The specs are the same.</p>
      ) : (
        <FieldChanges changes={diff.data.changes} />
      )}
      <h3 className="mt-4 mb-1.5 text-xs text-faint">What does not</h3>
      <p className="text-dim">
        Route {application.route_prefix ?? "(none)"}, uploaded bundles, events and metrics.{" "}
        {split === null
          ? "There is no traffic split."
          : `The traffic split ends: all requests go to r${revision.number}.`}
      </p>
      <label className="mt-4 grid gap-1.5">
        <span className="text-xs text-faint">Why, shown in the events (may stay empty)</span>
        <Input value={message} maxLength={500} onChange={(event) => setMessage(event.target.value)} />
      </label>
      {rollback.error !== null && (
        <p role="alert" className="mt-3 text-bad">
          {sentenceOf(rollback.error)}
        </p>
      )}
    </Dialog>
  );
}

function isWarm({ warm_until: until }: RevisionView): boolean {
  return until !== null && Date.parse(until) > Date.now();
}

function howItGoes(revision: RevisionView, from: number): string {
  return isWarm(revision)
    ? `It takes seconds: its replicas are warm and ready. Requests move at once, and then r${from} drains.`
    : `Its replicas start first; when all are ready, requests move, and only then r${from} drains.`;
}
