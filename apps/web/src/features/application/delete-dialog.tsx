"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { FormEvent } from "react";
import { toast } from "sonner";
import type { ApplicationView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Input } from "@/components/ui/input.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";

export interface DeleteDialogProps {
  name: string;
  application: ApplicationView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Names what is lost and asks for the name. */
export function DeleteDialog({ name, application, open, onOpenChange }: DeleteDialogProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation(
    trpc.applications.delete.mutationOptions({
      onSuccess: () => {
        toast(`${name} is being deleted`, { description: "Running requests finish first." });
        void queryClient.invalidateQueries({ queryKey: [["applications"]] });
        router.push("/applications");
      },
    }),
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed === name) remove.mutate({ name });
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Delete ${name}`}
      description={
        <>
          <p>
            {application.route_prefix === null
              ? ""
              : `Requests to ${application.route_prefix} are answered 404 from then on. `}
            {application.ready_replicas === 0
              ? "No replica is ready. "
              : application.ready_replicas === 1
                ? "Its one ready replica finishes what it works on and stops. "
                : `Its ${application.ready_replicas} ready replicas finish what they work on and stop. `}
            {application.traffic.wanted === null ? "All its revisions" : "All its revisions and the traffic split"} are
            lost; uploaded bundles, events and metrics stay.
          </p>
        </>
      }
    >
      <form onSubmit={submit} className="mt-3 grid gap-1.5">
        <label htmlFor="delete-name">
          Type <span className="font-medium">{name}</span> to confirm
        </label>
        <Input id="delete-name" value={typed} onChange={(event) => setTyped(event.target.value)} autoFocus />
        {remove.error !== null && (
          <p role="alert" className="text-bad">
            {sentenceOf(remove.error)}
          </p>
        )}
        <div className="mt-3 flex justify-end gap-2">
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            type="submit"
            look="danger"
            reason={typed === name ? (remove.isPending ? "Being deleted" : undefined) : "Type the name first"}
          >
            {remove.isPending ? "Deleting" : "Delete application"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
