/** Where the replicas that a plan adds would go, and why not. Pure. */
import type { PlanView } from "@sluice/contracts";
import type { Node, Replica } from "@sluice/db";
import { measureNode, membersOfOptions, placeReplicas } from "@sluice/domain";
import type { NodeRefusal, PlacementNode, PlacementResult, PlacementWish, RoomHolder } from "@sluice/domain";
import { refusalViewOf } from "./application-views.ts";
import type { DeploymentChange } from "./plan-deployments.ts";

export function planNodes(
  changes: readonly DeploymentChange[],
  nodes: readonly Node[],
  replicas: readonly Replica[],
): Pick<PlanView, "nodes" | "unplaced"> {
  const placementNodes = placementNodesOf(nodes, replicas);
  const wanted = wishesOf(changes);
  const running = replicas.flatMap((one) => (one.nodeId === null ? [] : [{ poolId: one.poolId, nodeId: one.nodeId }]));
  const result = placeReplicas({ nodes: placementNodes, wanted: wanted.map(({ wish }) => wish), running });
  const deploymentOf = new Map(wanted.map(({ wish, deployment }) => [wish.replicaId, deployment]));
  return {
    nodes: placementNodes.map((node, i) => nodeLine(node, usageOf(nodes[i]), wanted, result)),
    unplaced: unplacedLines(result, deploymentOf, wanted),
  };
}

interface Wanted {
  readonly wish: PlacementWish;
  readonly deployment: string;
}

function wishesOf(changes: readonly DeploymentChange[]): Wanted[] {
  return changes.flatMap(({ planned, added, poolId }) =>
    planned === null
      ? []
      : Array.from({ length: added }, (_, index) => ({
          deployment: planned.resolved.name,
          wish: {
            replicaId: `${planned.resolved.name}#${String(index + 1).padStart(4, "0")}`,
            poolId,
            ...membersOfOptions(planned.resolved),
            maxReplicasPerNode: planned.resolved.max_replicas_per_node,
          },
        })),
  );
}

export function placementNodesOf(nodes: readonly Node[], replicas: readonly Replica[]): PlacementNode[] {
  const holders: RoomHolder[] = roomHoldersOf(replicas);
  return nodes.map(({ id, name, state, message, facts }) => {
    const { cpus, memoryBytes, custom, labels } = facts;
    const gpus = facts.gpus.map((gpu) => ({
      uuid: gpu.uuid,
      model: gpu.model === "" ? gpu.name : gpu.model,
      memoryBytes: gpu.memoryTotalBytes,
    }));
    const capacity = { cpus, gpus: gpus.length, memoryBytes, custom };
    // A ready node with a message takes no new replicas, and the message says why.
    const closed = state === "ready" && message !== "" ? { closedBecause: message } : {};
    return measureNode({ nodeId: id, nodeName: name, state, capacity, gpus, labels, ...closed }, holders);
  });
}

export function roomHoldersOf(replicas: readonly Replica[]): RoomHolder[] {
  return replicas.flatMap((replica) =>
    replica.members.map(({ nodeId, gpus, assignment }) => ({
      nodeId,
      resources: { cpus: assignment.cpus, gpus, memoryBytes: assignment.memoryBytes, custom: assignment.custom ?? {} },
      gpuUuids: assignment.gpuUuids,
    })),
  );
}

/** Measured memory of the node's GPUs, by UUID. */
function usageOf(node: Node | undefined): ReadonlyMap<string, number | null> {
  return new Map((node?.usage?.gpus ?? []).map(({ uuid, memoryUsedBytes }) => [uuid, memoryUsedBytes]));
}

function nodeLine(
  node: PlacementNode,
  usedBytes: ReadonlyMap<string, number | null>,
  wanted: readonly Wanted[],
  result: PlacementResult,
): PlanView["nodes"][number] {
  const taken = new Map(
    result.placed.flatMap(({ replicaId, members }) => {
      const ranks = members.filter((member) => member.nodeId === node.nodeId).map(({ rank }) => rank);
      return ranks.length === 0 ? [] : [[replicaId, ranks] as const];
    }),
  );
  const added = wanted.filter(({ wish }) => taken.has(wish.replicaId));
  const refusal = result.refused.flatMap((refused) => refused.perNode).find((one) => one.nodeId === node.nodeId);
  const reason =
    wanted.length === 0
      ? "Nothing new to place."
      : taken.size > 0
        ? `Takes ${counted(added.map(({ deployment }) => deployment))}.`
        : refusal === undefined
          ? idleReason(node)
          : `${refusal.reason}.`;
  return {
    node_id: node.nodeId,
    name: node.nodeName,
    takes: taken.size,
    reason,
    cpus_total: node.capacity.cpus,
    cpus_used: node.used.cpus,
    cpus_added: added.reduce((sum, { wish }) => sum + cpusOf(wish, taken.get(wish.replicaId) ?? []), 0),
    gpus: node.gpus.map(({ uuid, model, memoryBytes, used }) => ({
      uuid,
      model,
      memory_bytes: memoryBytes,
      memory_used_bytes: usedBytes.get(uuid) ?? null,
      used,
      added: result.placed
        .flatMap(({ replicaId, members }) => members.map((member) => ({ replicaId, ...member })))
        .filter(({ nodeId, gpuUuids }) => nodeId === node.nodeId && gpuUuids.includes(uuid))
        .reduce((sum, { replicaId, rank }) => sum + shareOf(wanted, replicaId, rank), 0),
    })),
  };
}

function idleReason({ state, closedBecause }: PlacementNode): string {
  if (state !== "ready") return `It is ${state}.`;
  return closedBecause === undefined ? "Not needed: other nodes fit better." : `Takes none: ${closedBecause}.`;
}

/** What a member takes of each of its GPUs: a share of one, or all of several. */
function shareOf(wanted: readonly Wanted[], replicaId: string, rank: number): number {
  const gpus = wanted.find(({ wish }) => wish.replicaId === replicaId)?.wish.members[rank]?.resources.gpus ?? 0;
  return Math.min(1, gpus);
}

function cpusOf(wish: PlacementWish, ranks: readonly number[]): number {
  return ranks.reduce((sum, rank) => sum + (wish.members[rank]?.resources.cpus ?? 0), 0);
}

interface Refusals {
  readonly count: number;
  readonly reason: string;
  readonly perNode: readonly NodeRefusal[];
  readonly suggestion: NodeRefusal["suggestion"];
}

/** One line per deployment, with the reason of its first refused replica. */
function unplacedLines(
  result: PlacementResult,
  deploymentOf: ReadonlyMap<string, string>,
  wanted: readonly Wanted[],
): PlanView["unplaced"] {
  const lines = new Map<string, Refusals>();
  for (const { replicaId, reason, perNode, suggestion } of result.refused) {
    const deployment = deploymentOf.get(replicaId) ?? replicaId;
    lines.set(deployment, {
      count: (lines.get(deployment)?.count ?? 0) + 1,
      reason: lines.get(deployment)?.reason ?? reason,
      perNode: lines.get(deployment)?.perNode ?? perNode,
      suggestion: lines.get(deployment)?.suggestion ?? suggestion,
    });
  }
  return [...lines].map(([deployment, { count, reason, perNode, suggestion }]) => {
    const total = wanted.filter((one) => one.deployment === deployment).length;
    return {
      deployment,
      reason: `${count} of ${total} new ${total === 1 ? "replica" : "replicas"} would wait: ${reason}`,
      per_node: perNode.map(refusalViewOf),
      suggestion,
    };
  });
}

/** `["A", "A", "B"]` -> `2 replicas of A, 1 of B` */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count], index) => `${count} ${index > 0 ? "" : count === 1 ? "replica " : "replicas "}of ${name}`)
    .join(", ");
}
