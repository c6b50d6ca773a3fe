"use client";

import { ListBody } from "@/components/list-body.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { CodeBlock } from "@/components/ui/code-block.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { useNodes, useReplicas } from "@/data/queries.ts";
import { plural } from "@/format/numbers.ts";
import { GatewayCard } from "./gateway-card.tsx";
import { NodeCard } from "./node-card.tsx";

export function NodesPage() {
  const nodes = useNodes();
  const replicas = useReplicas().data?.items;
  const items = nodes.data?.items ?? [];
  const ready = items.filter((node) => node.state === "ready").length;
  return (
    <>
      <PageHeader
        title="Nodes"
        state={
          items.length > 0 && (
            <span className="text-xs text-faint">{`${ready} of ${plural(items.length, "node")} ready`}</span>
          )
        }
      />
      {items.length > 0 ? (
        <div className="grid gap-3.5">
          {items.map((node) => (
            <NodeCard key={node.id} node={node} replicas={replicas?.filter((replica) => replica.node_id === node.id)} />
          ))}
        </div>
      ) : (
        <ListBody
          query={nodes}
          total={0}
          shown={0}
          empty={
            <EmptyState title="No node is connected">
              <p>
                Nodes run the replicas. `npm start` brings one on this machine; its CPU, memory, GPUs and replicas
                appear here.
              </p>
              <CodeBlock label="command" text="npm start" />
            </EmptyState>
          }
        >
          {null}
        </ListBody>
      )}
      <GatewayCard />
    </>
  );
}
