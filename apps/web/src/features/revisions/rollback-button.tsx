"use client";

import { useState } from "react";
import type { ApplicationView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { useRevisions } from "@/data/queries.ts";
import { RollbackDialog } from "./rollback-dialog.tsx";
import { listRollbackChoices, noRollbackReason, pickRollback } from "./rollback-choice.ts";

/** Opens the dialog for the revision before the target, from any page of the application. */
export function RollbackButton({ application }: { application: ApplicationView | undefined }) {
  const revisions = useRevisions(application?.name ?? "", application !== undefined).data?.items;
  const [open, setOpen] = useState(false);
  const first = pickRollback(revisions ?? []);
  const reason = application?.status === "DELETING" ? "It is being deleted" : noRollbackReason(revisions);
  return (
    <>
      <Button reason={reason} onClick={() => setOpen(true)}>
        Roll back…
      </Button>
      {open && application !== undefined && first !== undefined && (
        <RollbackDialog
          application={application}
          revision={first}
          choices={listRollbackChoices(revisions ?? [])}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
