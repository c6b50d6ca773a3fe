"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JoinTokenCreated } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { CodeBlock } from "@/components/ui/code-block.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Input } from "@/components/ui/input.tsx";
import { Select } from "@/components/ui/select.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { formatMoment } from "@/format/time.ts";
import { joinCommand } from "./join-command.ts";

const lifetimes = [
  { seconds: 3600, label: "1 hour" },
  { seconds: 86_400, label: "1 day" },
  { seconds: 604_800, label: "1 week" },
] as const;

/** Makes a one-time token and shows the one command that uses it. */
export function AddNodeDialog({ onClose }: { onClose: () => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [seconds, setSeconds] = useState(3600);
  const create = useMutation(
    useTRPC().nodes.createJoinToken.mutationOptions({
      onSuccess: () => void queryClient.invalidateQueries({ queryKey: [["nodes"]] }),
    }),
  );
  const made = create.data;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      className="w-[min(640px,calc(100vw-24px))]"
      title={made === undefined ? "Add a node" : "Run this on the new machine"}
      description={
        made === undefined
          ? "Another machine joins with a one-time token. It gets a credential of its own; the token is worth nothing after that."
          : `The token is shown this once. It lets one machine join until ${formatMoment(made.expires_at)}.`
      }
      footer={
        made === undefined ? (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" type="submit" form="join-token" reason={create.isPending ? "Being made" : undefined}>
              {create.isPending ? "Making it" : "Make a token"}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        )
      }
    >
      {made === undefined ? (
        <form
          id="join-token"
          className="mt-4 grid gap-3 sm:grid-cols-[minmax(0,1fr)_140px]"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate({ name: name.trim(), ttl_s: seconds });
          }}
        >
          <label className="grid gap-1.5">
            <span className="text-xs text-faint">What it is for (may stay empty)</span>
            <Input
              value={name}
              maxLength={100}
              placeholder="gpu box in rack 2"
              autoFocus
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <label className="grid gap-1.5">
            <span className="text-xs text-faint">Valid for</span>
            <Select value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
              {lifetimes.map((one) => (
                <option key={one.seconds} value={one.seconds}>
                  {one.label}
                </option>
              ))}
            </Select>
          </label>
        </form>
      ) : (
        <Command made={made} />
      )}
      {create.error !== null && (
        <p role="alert" className="mt-3 wrap-anywhere text-bad">
          {sentenceOf(create.error)}
        </p>
      )}
    </Dialog>
  );
}

function Command({ made }: { made: JoinTokenCreated }) {
  return (
    <div className="mt-4 grid gap-2.5">
      <CodeBlock label="join command" text={joinCommand(made)} />
      {made.join_urls.length === 0 && (
        <p className="text-xs text-warn">
          No controller leads at the moment, so its address is not known here: put it in place of the example.
        </p>
      )}
      <p className="text-xs text-faint">
        CPUs, memory and GPUs are found by themselves; --num-cpus, --num-gpus, --memory, --resources and --labels say
        otherwise. On a machine that already has an agent, add --dir with a directory of its own. The node appears in
        the list within seconds.
      </p>
    </div>
  );
}
