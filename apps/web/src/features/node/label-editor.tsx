"use client";

import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { NodeView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { LabelForm } from "./label-form.tsx";
import { listLabels } from "./label-rows.ts";
import type { LabelRow } from "./label-rows.ts";
import { useNodeRefresh } from "./use-node-refresh.ts";

/** Labels in force; each can be changed, taken away and given back to what the agent reports. */
export function LabelEditor({ node }: { node: NodeView }) {
  const trpc = useTRPC();
  const refresh = useNodeRefresh();
  /** "" = a new one. */
  const [edited, setEdited] = useState<string | null>(null);
  const change = useMutation(
    trpc.nodes.label.mutationOptions({
      onSuccess: () => {
        refresh();
        setEdited(null);
      },
    }),
  );
  const rows = listLabels(node);
  const set = (name: string, value: string | null): void => change.mutate({ id: node.id, labels: { [name]: value } });
  const off = node.removed_at === null ? (change.isPending ? "Being changed" : undefined) : "The node was removed";
  return (
    <Card
      title="Labels"
      note="for label_selector"
      actions={
        <Button size="small" reason={off} onClick={() => setEdited("")}>
          <Plus /> Add
        </Button>
      }
      flush
    >
      {rows.length === 0 && edited !== "" && (
        <p className="px-3.5 pb-3.5 text-dim">
          It has none. A deployment with a label_selector is placed only on nodes whose labels match.
        </p>
      )}
      <ul className="divide-y divide-line border-t border-line empty:border-t-0">
        {rows.map((row) =>
          edited === row.name ? (
            <li key={row.name} className="px-3.5 py-2">
              <LabelForm
                fixedName={row.name}
                value={row.value ?? ""}
                busy={change.isPending}
                onSave={set}
                onCancel={() => setEdited(null)}
              />
            </li>
          ) : (
            <Label key={row.name} row={row} off={off} onEdit={() => setEdited(row.name)} onSet={set} />
          ),
        )}
        {edited === "" && (
          <li className="px-3.5 py-2">
            <LabelForm value="" busy={change.isPending} onSave={set} onCancel={() => setEdited(null)} />
          </li>
        )}
      </ul>
      {change.error !== null && (
        <p role="alert" className="border-t border-line px-3.5 py-2 wrap-anywhere text-bad">
          {sentenceOf(change.error)}
        </p>
      )}
    </Card>
  );
}

const originWords = {
  agent: "from the agent",
  set: "set here",
  changed: "changed here",
  taken: "taken away here",
} as const;

interface LabelProps {
  row: LabelRow;
  off: string | undefined;
  onEdit: () => void;
  onSet: (name: string, value: string | null) => void;
}

function Label({ row, off, onEdit, onSet }: LabelProps) {
  const { name, value, reported, origin, isOwn } = row;
  return (
    <li className="px-3.5 py-1.5">
      <p className="flex min-h-6 flex-wrap items-center gap-x-2">
        <span className="min-w-0 wrap-anywhere">
          <span className={value === null ? "text-faint line-through" : "text-dim"}>{name}</span>
          {value !== null && (
            <>
              <span className="text-faint"> = </span>
              <span className="font-medium">{value === "" ? "(empty)" : value}</span>
            </>
          )}
        </span>
        <span className="ml-auto flex">
          {value !== null && !isOwn && (
            <Button look="quiet" size="small" reason={off} aria-label={`Change ${name}`} onClick={onEdit}>
              Change
            </Button>
          )}
          {(origin === "changed" || origin === "taken") && (
            <Button
              look="quiet"
              size="small"
              reason={off}
              aria-label={`Reset ${name}`}
              onClick={() => onSet(name, reported)}
            >
              Reset
            </Button>
          )}
          {value !== null && !isOwn && (
            <Button
              look="quiet"
              size="small"
              reason={off}
              aria-label={`Remove ${name}`}
              onClick={() => onSet(name, null)}
            >
              Remove
            </Button>
          )}
        </span>
      </p>
      <p className="text-2xs text-faint">
        {isOwn && origin === "agent" ? "every node has its own id here, as in Ray" : originWords[origin]}
        {(origin === "changed" || origin === "taken") && `; the agent says ${reported ?? "nothing"}`}
      </p>
    </li>
  );
}
