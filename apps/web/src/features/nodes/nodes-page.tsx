"use client";

import { useState } from "react";
import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CodeBlock } from "@/components/ui/code-block.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FilterInput } from "@/components/ui/filter-input.tsx";
import { useUrlFilter } from "@/components/use-url-filter.ts";
import { useNodes } from "@/data/queries.ts";
import { plural } from "@/format/numbers.ts";
import { takesReplicas } from "@/features/node/node-look.ts";
import { AddNodeDialog } from "./add-node-dialog.tsx";
import { GatewayCard } from "./gateway-card.tsx";
import { NodeTable } from "./node-table.tsx";
import { TokenCard } from "./token-card.tsx";

export function NodesPage() {
  const nodes = useNodes();
  const [filter, setFilter] = useUrlFilter("q");
  const [adding, setAdding] = useState(false);
  const items = nodes.data?.items ?? [];
  const ready = items.filter((node) => node.state === "ready").length;
  const closed = items.filter((node) => node.state === "ready" && !takesReplicas(node)).length;
  const text = filter.trim().toLowerCase();
  const shown = items.filter((node) =>
    [node.name, node.hostname, node.state, ...Object.entries(node.labels).map((label) => label.join("="))]
      .join(" ")
      .toLowerCase()
      .includes(text),
  );
  const addButton = (
    <Button look="primary" onClick={() => setAdding(true)}>
      Add a node
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Nodes"
        state={
          items.length > 0 && (
            <span className="text-xs text-faint">
              {`${ready} of ${plural(items.length, "node")} ready`}
              {closed > 0 && `, ${closed} of them ${closed === 1 ? "takes" : "take"} no replicas`}
            </span>
          )
        }
        actions={
          <>
            {items.length > 0 && (
              <FilterInput label="Filter by name, state or label" value={filter} onChange={setFilter} />
            )}
            {/* While there is none, the empty page has it. */}
            {(items.length > 0 || nodes.data === undefined) && addButton}
          </>
        }
      />
      <ListBody
        query={nodes}
        total={items.length}
        shown={shown.length}
        columns={8}
        empty={
          <EmptyState title="No node is connected" action={addButton}>
            <p>
              Nodes run the replicas, and none is here: every application waits. <code>npm start</code> brings one on
              this machine; a token lets other machines join. Their CPU, memory, GPUs and replicas appear here.
            </p>
            <CodeBlock label="command" text="npm start" />
          </EmptyState>
        }
      >
        <NodeTable nodes={shown} />
      </ListBody>
      <TokenCard />
      <GatewayCard />
      {adding && <AddNodeDialog onClose={() => setAdding(false)} />}
    </>
  );
}
