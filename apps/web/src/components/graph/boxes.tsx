"use client";

import { Handle, Position } from "@xyflow/react";
import type { Node, NodeProps } from "@xyflow/react";
import type { ReplicaView } from "@sluice/contracts";
import { replicaLook } from "@/components/states.ts";
import { cn } from "@/components/ui/cn.ts";
import { revisionSeries } from "@/components/ui/series.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { formatNumber } from "@/format/numbers.ts";
import type { DeploymentBox, Flow, RouteBox, SplitBox } from "./graph-model.ts";

export type RouteNode = Node<{ box: RouteBox; flow: Flow }, "route">;
export type SplitNode = Node<{ box: SplitBox; flow: Flow }, "split">;
export type DeploymentNode = Node<{ box: DeploymentBox; flow: Flow }, "deployment">;

const shownReplicas = 8;

function Ends({ flow, first = false }: { flow: Flow; first?: boolean }) {
  const [into, out] = flow === "right" ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  return (
    <>
      {!first && <Handle type="target" position={into} isConnectable={false} />}
      <Handle type="source" position={out} isConnectable={false} />
    </>
  );
}

export function RouteView({ data }: NodeProps<RouteNode>) {
  return (
    <div className="grid h-10 w-28 place-items-center rounded-full border border-line bg-panel px-3">
      <span className="max-w-full truncate text-[12.5px] font-medium">{data.box.route ?? "no route"}</span>
      <Ends flow={data.flow} first />
    </div>
  );
}

export function SplitView({ data }: NodeProps<SplitNode>) {
  const weights = data.box.variants.map((variant) => formatNumber(variant.weight));
  return (
    <div
      className="relative grid h-14 w-16 place-items-center"
      title={`Split ${data.box.variants.map((v) => `r${v.revision} ${v.weight} %`).join(", ")}`}
    >
      <svg aria-hidden viewBox="0 0 64 56" className="absolute inset-0">
        <path d="M32 1 63 28 32 55 1 28Z" fill="var(--raise)" stroke="var(--line-strong)" />
      </svg>
      <span className="relative text-2xs">{weights.length > 2 ? `${weights.length} ways` : weights.join("|")}</span>
      <Ends flow={data.flow} />
    </div>
  );
}

export function DeploymentBoxView({ data }: NodeProps<DeploymentNode>) {
  const { deployment, revision, replicas } = data.box;
  const ready = replicas.filter((replica) => replica.stage === "ready").length;
  return (
    <div
      className="grid h-[60px] w-42 content-center gap-0.5 rounded-[9px] border border-line-strong bg-raise px-3"
      style={revision === null ? undefined : { borderColor: revisionSeries(revision) }}
    >
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate text-[12.5px] font-[560]">
          {deployment.name}
          {revision !== null && ` r${revision}`}
        </span>
        <ReplicaDots replicas={replicas} />
      </div>
      <span className="truncate text-2xs text-faint">
        {ready} of {revision === null ? deployment.target_num_replicas : replicas.length} ready ·{" "}
        {formatNumber(deployment.options.ray_actor_options.num_cpus)} CPU
        {deployment.options.ray_actor_options.num_gpus > 0 &&
          ` · ${formatNumber(deployment.options.ray_actor_options.num_gpus)} GPU`}
      </span>
      <Ends flow={data.flow} />
    </div>
  );
}

/** One mark per replica, in its state's shape. */
export function ReplicaDots({ replicas, className }: { replicas: readonly ReplicaView[]; className?: string }) {
  const words = replicas.map((replica) => `${replica.id} ${replicaLook[replica.stage].word.toLowerCase()}`).join(", ");
  return (
    <span className={cn("flex items-center gap-[3px]", className)} title={words}>
      <span className="sr-only">{words}</span>
      {replicas.slice(0, shownReplicas).map((replica) => (
        <StateMark key={replica.id} tone={replicaLook[replica.stage].tone} className="size-[7px]" />
      ))}
      {replicas.length > shownReplicas && (
        <span className="text-2xs text-faint">+{replicas.length - shownReplicas}</span>
      )}
    </span>
  );
}
