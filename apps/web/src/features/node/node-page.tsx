"use client";

import { useParams } from "next/navigation";
import { useState } from "react";
import type { NodeView } from "@sluice/contracts";
import { EventFeed } from "@/components/events/event-feed.tsx";
import { PageHeader } from "@/components/shell/page.tsx";
import { Banner } from "@/components/ui/banner.tsx";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { isNotFound, sentenceOf } from "@/data/problem.ts";
import { useEvents, useNode, useReplicas } from "@/data/queries.ts";
import { ReplicaTable } from "@/features/deployment/replica-table.tsx";
import { OverviewSkeleton } from "@/features/application/overview-skeleton.tsx";
import { plural } from "@/format/numbers.ts";
import { FactsCard } from "./facts-card.tsx";
import { GpuList } from "./gpu-list.tsx";
import { LabelEditor } from "./label-editor.tsx";
import { offerActions } from "./node-actions.ts";
import { NodeBanner } from "./node-banner.tsx";
import { NodeDialog } from "./node-dialogs.tsx";
import type { NodeAction } from "./node-dialogs.tsx";
import { NodeResources } from "./node-resources.tsx";
import { NodeState } from "./node-state.tsx";

const crumbs = [{ href: "/nodes", label: "Nodes" }];

/** One machine: what it has, who holds it, and what is to become of it. */
export function NodePage() {
  const id = decodeURIComponent(useParams<{ id: string }>().id);
  const node = useNode(id);
  if (isNotFound(node.error)) {
    return (
      <>
        <PageHeader title={id} crumbs={crumbs} />
        <EmptyState title={`There is no node ${id}`}>
          <p>No agent has come with this id. It may have a typing error.</p>
        </EmptyState>
      </>
    );
  }
  if (node.data !== undefined) return <Node node={node.data} />;
  return node.isError ? <Banner tone="bad">{sentenceOf(node.error)}</Banner> : <OverviewSkeleton />;
}

function Node({ node }: { node: NodeView }) {
  const [asked, setAsked] = useState<NodeAction | null>(null);
  const replicas = useReplicas();
  const here = (replicas.data?.items ?? []).filter(
    ({ stage, members }) =>
      stage !== "stopped" && stage !== "failed" && members.some((member) => member.node_id === node.id),
  );
  const events = useEvents({ limit: 200 });
  const own = (events.data?.items ?? []).filter((event) => event.node_id === node.id);
  return (
    <>
      <PageHeader
        title={node.name}
        crumbs={crumbs}
        state={<NodeState node={node} />}
        actions={offerActions(node).map(({ action, label, reason }) => (
          <Button
            key={action}
            look={action === "remove" ? "danger" : "plain"}
            reason={reason}
            onClick={() => setAsked(action)}
          >
            {label}
          </Button>
        ))}
      />
      <NodeBanner node={node} onRemove={() => setAsked("remove")} />
      <div className="grid items-start gap-3.5 min-[1160px]:grid-cols-[minmax(0,1fr)_348px]">
        <div className="grid min-w-0 gap-3.5">
          <NodeResources node={node} />
          <GpuList gpus={node.gpus} reserved={node.gpus_reserved} />
          <ReplicaTable
            query={replicas}
            replicas={here}
            note={replicas.data === undefined ? "" : `${plural(here.length, "replica")} on this node`}
            empty="No replica runs here."
            showOwner
          />
        </div>
        <div className="grid min-w-0 gap-3.5">
          <LabelEditor node={node} />
          <FactsCard node={node} />
          <Card title="Events" note="of this node" flush>
            <EventFeed
              query={{ ...events, data: events.data === undefined ? undefined : { items: own } }}
              shownAtMost={8}
              showApplication
            />
          </Card>
        </div>
      </div>
      {asked !== null && <NodeDialog node={node} action={asked} onClose={() => setAsked(null)} />}
    </>
  );
}
