"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { NodeView } from "@sluice/contracts";
import { ConfirmDialog } from "@/components/ui/confirm-dialog.tsx";
import { useTRPC } from "@/data/trpc.ts";
import { plural } from "@/format/numbers.ts";
import { RemoveDialog } from "./remove-dialog.tsx";
import { useNodeRefresh } from "./use-node-refresh.ts";

export type NodeAction = "cordon" | "uncordon" | "drain" | "remove";

export interface NodeDialogProps {
  node: NodeView;
  action: NodeAction;
  onClose: () => void;
}

/** Asks before a node is changed, and says what happens to its replicas. */
export function NodeDialog({ node, action, onClose }: NodeDialogProps) {
  if (action === "remove") return <RemoveDialog node={node} onClose={onClose} />;
  return <ScheduleDialog node={node} action={action} onClose={onClose} />;
}

function ScheduleDialog({ node, action, onClose }: NodeDialogProps & { action: Exclude<NodeAction, "remove"> }) {
  const trpc = useTRPC();
  const refresh = useNodeRefresh();
  // A badge that changes under an open dialog must not change what is being asked.
  const [asked] = useState(node);
  const onSuccess = (): void => {
    refresh();
    onClose();
  };
  const cordon = useMutation(trpc.nodes.cordon.mutationOptions({ onSuccess }));
  const uncordon = useMutation(trpc.nodes.uncordon.mutationOptions({ onSuccess }));
  const drain = useMutation(trpc.nodes.drain.mutationOptions({ onSuccess }));
  const mutation = { cordon, uncordon, drain }[action];
  const { title, verb, acting, text } = wordsOf(asked, action);
  return (
    <ConfirmDialog
      title={title}
      action={verb}
      acting={acting}
      mutation={mutation}
      onConfirm={() => mutation.mutate({ id: asked.id })}
      onClose={onClose}
    >
      <p>{text}</p>
    </ConfirmDialog>
  );
}

function wordsOf(node: NodeView, action: Exclude<NodeAction, "remove">) {
  const { name, replicas } = node;
  const there = replicas === 0 ? "No replica runs there" : `The ${plural(replicas, "replica")} there`;
  switch (action) {
    case "cordon":
      return {
        title: `Cordon ${name}`,
        verb: "Cordon",
        acting: "Being cordoned",
        text: `No new replica is placed on ${name} from then on. ${there}${replicas === 0 ? "" : replicas === 1 ? " stays and keeps serving" : " stay and keep serving"}. Uncordon takes it back.`,
      };
    case "uncordon":
      return {
        title: `Uncordon ${name}`,
        verb: "Uncordon",
        acting: "Being uncordoned",
        text:
          node.removed_at === null
            ? `${name} takes new replicas again. What waits for room may be placed there at once.`
            : `${name} was removed. If it runs beside the controller, its agent may come back within a minute. If it joined with a token, its credential is gone: let it join again with a new one.`,
      };
    case "drain":
      return {
        title: `Drain ${name}`,
        verb: "Drain",
        acting: "Being drained",
        text:
          replicas === 0
            ? `No replica runs on ${name}; none is placed there from then on.`
            : `${there} ${replicas === 1 ? "is" : "are"} replaced elsewhere first; each one stops only when its replacement is ready and it has finished what it runs. What finds no room elsewhere stays until there is some. No new replica is placed on ${name}.`,
      };
  }
}
