"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { FormEvent } from "react";
import type { NodeView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Dialog } from "@/components/ui/dialog.tsx";
import { Input } from "@/components/ui/input.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { plural } from "@/format/numbers.ts";
import { useNodeRefresh } from "./use-node-refresh.ts";

/** Names what is lost; a node with replicas is removed by force only, and asks for its name. */
export function RemoveDialog({ node, onClose }: { node: NodeView; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useNodeRefresh();
  const [typed, setTyped] = useState("");
  const remove = useMutation(
    trpc.nodes.remove.mutationOptions({
      onSuccess: () => {
        refresh();
        onClose();
      },
    }),
  );
  const isThere = node.state !== "unreachable" && node.state !== "gone";
  const force = isThere && node.replicas > 0;
  const reason = remove.isPending ? "Being removed" : force && typed !== node.name ? "Type the name first" : undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason === undefined) remove.mutate({ id: node.id, force });
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Remove ${node.name}`}
      description={
        <p>
          Its agent is refused from then on and its credential revoked; to come back it joins with a new token.{" "}
          {force
            ? `Its ${plural(node.replicas, "replica")} end${node.replicas === 1 ? "s" : ""} at once and ${node.replicas === 1 ? "is" : "are"} replaced elsewhere. Requests that run there may be lost: drain it first to lose none.`
            : isThere
              ? "No replica runs there."
              : "It cannot be reached; its replicas are replaced elsewhere already."}
        </p>
      }
    >
      <form onSubmit={submit} className="mt-3 grid gap-1.5">
        {force && (
          <>
            <label htmlFor="remove-name">
              Type <span className="font-medium">{node.name}</span> to remove it by force
            </label>
            <Input id="remove-name" value={typed} onChange={(event) => setTyped(event.target.value)} autoFocus />
          </>
        )}
        {remove.error !== null && (
          <p role="alert" className="wrap-anywhere text-bad">
            {sentenceOf(remove.error)}
          </p>
        )}
        <div className="mt-3 flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="danger" reason={reason}>
            {remove.isPending ? "Removing" : force ? "Remove by force" : "Remove node"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
