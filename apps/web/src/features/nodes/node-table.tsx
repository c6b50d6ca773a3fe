"use client";

import { DropdownMenu } from "radix-ui";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { NodeView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { Table, Td, Th } from "@/components/ui/table.tsx";
import { offerActions } from "@/features/node/node-actions.ts";
import { NodeDialog } from "@/features/node/node-dialogs.tsx";
import type { NodeAction } from "@/features/node/node-dialogs.tsx";
import { drainHindrance, lookOfNode, takesReplicas } from "@/features/node/node-look.ts";
import { NodeState } from "@/features/node/node-state.tsx";
import { formatBytes, formatNumber } from "@/format/numbers.ts";

export function NodeTable({ nodes }: { nodes: readonly NodeView[] }) {
  const [asked, setAsked] = useState<{ readonly node: NodeView; readonly action: NodeAction } | null>(null);
  return (
    <>
      <Table label="Nodes">
        <thead>
          <tr>
            <Th>Node</Th>
            <Th>State</Th>
            <Th numeric>Replicas</Th>
            <Th>CPU promised</Th>
            <Th>Memory used</Th>
            <Th>GPUs</Th>
            <Th>Labels and resources</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <Row key={node.id} node={node} onAsk={(action) => setAsked({ node, action })} />
          ))}
        </tbody>
      </Table>
      {asked !== null && <NodeDialog node={asked.node} action={asked.action} onClose={() => setAsked(null)} />}
    </>
  );
}

function Row({ node, onAsk }: { node: NodeView; onAsk: (action: NodeAction) => void }) {
  return (
    <tr className="hover:bg-raise/60">
      <Td>
        <Link href={`/nodes/${encodeURIComponent(node.id)}`} className="font-medium whitespace-nowrap hover:underline">
          {node.name}
        </Link>
        {node.hostname !== node.name && <span className="block text-xs text-faint">{node.hostname}</span>}
      </Td>
      <Td>
        <NodeState node={node} plain />
        <StateNote node={node} />
      </Td>
      <Td numeric>{node.replicas}</Td>
      <Td className="min-w-[120px]">
        {formatNumber(node.cpus_reserved)}
        <span className="text-xs text-faint"> of {formatNumber(node.cpus)}</span>
        <Meter label={`CPU of ${node.name}`} used={node.cpus_reserved} total={node.cpus} className="mt-1" />
      </Td>
      <Td className="min-w-[140px]">
        {node.memory_used_bytes === null ? (
          <span className="text-faint">no data</span>
        ) : (
          <>
            {formatBytes(node.memory_used_bytes)}
            <span className="text-xs text-faint"> of {formatBytes(node.memory_bytes)}</span>
            <Meter
              label={`Memory of ${node.name}`}
              used={node.memory_used_bytes}
              total={node.memory_bytes}
              className="mt-1"
            />
          </>
        )}
      </Td>
      <Td className="min-w-[110px]">
        {node.gpus.length === 0 ? <span className="text-faint">none</span> : <Gpus node={node} />}
      </Td>
      <Td className="max-w-[300px] min-w-[180px]">
        <Tags node={node} />
      </Td>
      <Td className="text-right">
        <Actions node={node} onAsk={onAsk} />
      </Td>
    </tr>
  );
}

/** What the word of the state leaves open, without a click. */
function StateNote({ node }: { node: NodeView }) {
  const left = node.drain?.replicas_left ?? 0;
  const text =
    left > 0
      ? `${left} left to replace. ${drainHindrance(node.reason)}`.trimEnd()
      : node.state === "ready" && !takesReplicas(node)
        ? lookOfNode(node).reason
        : "";
  if (text === "") return null;
  return <span className="block max-w-[260px] min-w-[150px] text-xs wrap-anywhere text-faint">{text}</span>;
}

/** One bar per GPU, filled by the share that is promised. */
function Gpus({ node }: { node: NodeView }) {
  return (
    <>
      {formatNumber(node.gpus_reserved)}
      <span className="text-xs text-faint"> of {node.gpus.length} promised</span>
      <span className="mt-1 flex gap-1">
        {node.gpus.slice(0, 8).map((gpu) => (
          <Meter
            key={gpu.uuid}
            label={`GPU ${gpu.index} of ${node.name}`}
            used={gpu.used_share}
            total={1}
            className="w-full max-w-8 min-w-2"
          />
        ))}
      </span>
    </>
  );
}

const shownTags = 4;

function Tags({ node }: { node: NodeView }) {
  const tags = [
    // What each node has by itself, its own id for one, tells none apart here.
    ...Object.entries(node.labels).flatMap(([name, value]) => (name.startsWith("ray.io/") ? [] : [`${name}=${value}`])),
    ...Object.entries(node.resources).map(
      ([name, { total, reserved }]) => `${name} ${formatNumber(reserved)} of ${formatNumber(total)}`,
    ),
  ];
  if (tags.length === 0) return <span className="text-faint">none</span>;
  return (
    <span className="flex flex-wrap gap-1" title={tags.join("\n")}>
      {tags.slice(0, shownTags).map((tag) => (
        <span key={tag} className="max-w-[160px] truncate rounded-[5px] border border-line px-1.5 text-2xs text-dim">
          {tag}
        </span>
      ))}
      {tags.length > shownTags && <span className="text-2xs text-faint">and {tags.length - shownTags} more</span>}
    </span>
  );
}

function Actions({ node, onAsk }: { node: NodeView; onAsk: (action: NodeAction) => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <Button look="quiet" size="iconSmall" aria-label={`Actions for ${node.name}`}>
          <Ellipsis />
        </Button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          className="z-50 min-w-[180px] animate-appear-up rounded-card border border-line-strong bg-panel p-1"
        >
          {offerActions(node).map(({ action, label, reason }) => (
            <DropdownMenu.Item
              key={action}
              disabled={reason !== undefined}
              title={reason}
              onSelect={() => onAsk(action)}
              className={`flex min-h-7 cursor-pointer items-center rounded-[6px] px-2 outline-none data-[disabled]:cursor-default data-[disabled]:text-faint data-[highlighted]:bg-raise ${action === "remove" ? "text-bad" : ""}`}
            >
              {reason ?? label}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
