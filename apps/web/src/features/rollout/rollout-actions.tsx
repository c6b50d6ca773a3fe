"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApplicationView, RolloutView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/confirm-dialog.tsx";
import { useTRPC } from "@/data/trpc.ts";

type Asked = "pause" | "resume" | "abort";

/** Pause, resume, abort: each asks first and says what happens to requests. */
export function RolloutActions({ application, rollout }: { application: ApplicationView; rollout: RolloutView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<Asked | null>(null);
  const onSuccess = (): void => {
    setAsked(null);
    for (const name of ["applications", "events", "replicas"])
      void queryClient.invalidateQueries({ queryKey: [[name]] });
  };
  const pause = useMutation(trpc.rollouts.pause.mutationOptions({ onSuccess }));
  const resume = useMutation(trpc.rollouts.resume.mutationOptions({ onSuccess }));
  const abort = useMutation(trpc.rollouts.abort.mutationOptions({ onSuccess }));
  const open = (what: Asked): void => {
    for (const mutation of [pause, resume, abort]) mutation.reset();
    setAsked(what);
  };
  const close = (): void => setAsked(null);
  const { from_revision: from, to_revision: to } = rollout;
  const name = { name: application.name };
  return (
    <>
      {rollout.paused_at === null ? (
        <Button size="small" onClick={() => open("pause")}>
          Pause…
        </Button>
      ) : (
        <Button size="small" look="primary" onClick={() => open("resume")}>
          Resume…
        </Button>
      )}
      <Button
        size="small"
        look="danger"
        reason={from === null ? "It is the first revision: there is nothing to go back to" : undefined}
        onClick={() => open("abort")}
      >
        Abort…
      </Button>
      {asked === "pause" && (
        <ConfirmDialog
          title={`Pause the rollout to r${to}`}
          action="Pause"
          acting="Being paused"
          mutation={pause}
          onConfirm={() => pause.mutate(name)}
          onClose={close}
        >
          <p>
            No further replica of r{to} is started, no request moves, and nothing old stops. Replicas that are ready
            stay. The deadline stands still until you resume.
          </p>
        </ConfirmDialog>
      )}
      {asked === "resume" && (
        <ConfirmDialog
          title={`Resume the rollout to r${to}`}
          action="Resume"
          acting="Being resumed"
          mutation={resume}
          onConfirm={() => resume.mutate(name)}
          onClose={close}
        >
          <p>
            It goes on where it was held: replicas of r{to} start, requests move once they are ready, and then the old
            ones drain.
          </p>
        </ConfirmDialog>
      )}
      {asked === "abort" && from !== null && (
        <ConfirmDialog
          title={`Abort the rollout to r${to}`}
          action={`Abort, back to r${from}`}
          acting="Being aborted"
          look="danger"
          mutation={abort}
          onConfirm={() => abort.mutate(name)}
          onClose={close}
        >
          <p>
            r{from} becomes the target again and keeps serving. Replicas of r{to} finish what they run and stop; r{to}{" "}
            stays in the list of revisions.
            {(rollout.numbers["leaving"] ?? 0) > 0 &&
              ` Replicas of r${from} that were given up already are started again before requests move.`}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
