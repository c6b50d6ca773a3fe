import { judgeFit } from "./judge-fit.ts";
import type { Fit, NodeRoom } from "./judge-fit.ts";
import type {
  PlacedReplica,
  PlacementGrant,
  PlacementNode,
  PlacementRefusal,
  PlacementResult,
  PlacementWish,
} from "./placement.ts";
import type { Resources } from "./resources.ts";

export interface PlacementInput {
  readonly nodes: readonly PlacementNode[];
  readonly wanted: readonly PlacementWish[];
  /** Replicas that hold room already, of the pools in `wanted` at least. */
  readonly running: readonly PlacedReplica[];
}

/**
 * Finds a node for each replica, the largest first. Among nodes where it fits it takes, in this order:
 * one where no wholly free GPU has to be broken for a share; the one with the fewest replicas of the same pool (spread);
 * for a replica without GPU one without GPUs; the one with the least CPU left after (best fit); the lowest node id.
 * No node is ever filled above its capacity.
 */
export function placeReplicas(input: PlacementInput): PlacementResult {
  const rooms = new Map(input.nodes.map((node) => [node.nodeId, roomOf(node, input.running)]));
  const placed: PlacementGrant[] = [];
  const refused: PlacementRefusal[] = [];
  for (const wish of [...input.wanted].sort(bySize)) {
    const candidates = [...rooms.values()].map((room) => ({ room, fit: judgeFit(wish, room) }));
    const best = candidates.filter(doesFit).sort((a, b) => compareFits(wish, a, b))[0];
    if (best === undefined) {
      refused.push(refusalOf(wish, candidates));
      continue;
    }
    const { nodeId } = best.room.node;
    placed.push({ replicaId: wish.replicaId, nodeId, gpuUuids: best.fit.gpuUuids });
    rooms.set(nodeId, shrink(best.room, wish, best.fit.gpuUuids));
  }
  return { placed, refused };
}

interface Candidate {
  readonly room: NodeRoom;
  readonly fit: Fit;
}

interface FittingCandidate extends Candidate {
  readonly fit: Extract<Fit, { fits: true }>;
}

function doesFit(candidate: Candidate): candidate is FittingCandidate {
  return candidate.fit.fits;
}

function compareFits(wish: PlacementWish, a: FittingCandidate, b: FittingCandidate): number {
  const samePool = (room: NodeRoom): number => room.poolCounts.get(wish.poolId) ?? 0;
  const wastesGpuNode = (room: NodeRoom): number => (wish.resources.gpus === 0 && room.gpus.length > 0 ? 1 : 0);
  return (
    Number(a.fit.breaksWholeGpu) - Number(b.fit.breaksWholeGpu) ||
    samePool(a.room) - samePool(b.room) ||
    wastesGpuNode(a.room) - wastesGpuNode(b.room) ||
    a.room.free.cpus - b.room.free.cpus ||
    (a.room.node.nodeId < b.room.node.nodeId ? -1 : 1)
  );
}

/** Large before small packs better; the id makes the order the same every time. */
function bySize(a: PlacementWish, b: PlacementWish): number {
  return (
    b.resources.gpus - a.resources.gpus ||
    b.resources.cpus - a.resources.cpus ||
    b.resources.memoryBytes - a.resources.memoryBytes ||
    (a.replicaId < b.replicaId ? -1 : 1)
  );
}

function roomOf(node: PlacementNode, running: readonly PlacedReplica[]): NodeRoom {
  const poolCounts = new Map<string, number>();
  for (const { poolId, nodeId } of running) {
    if (nodeId === node.nodeId) poolCounts.set(poolId, (poolCounts.get(poolId) ?? 0) + 1);
  }
  return { node, free: subtract(node.capacity, node.used), gpus: node.gpus, poolCounts };
}

function shrink(room: NodeRoom, wish: PlacementWish, gpuUuids: readonly string[]): NodeRoom {
  const share = wish.resources.gpus < 1 ? wish.resources.gpus : 1;
  const poolCounts = new Map(room.poolCounts);
  poolCounts.set(wish.poolId, (poolCounts.get(wish.poolId) ?? 0) + 1);
  return {
    node: room.node,
    free: subtract(room.free, wish.resources),
    gpus: room.gpus.map((gpu) => (gpuUuids.includes(gpu.uuid) ? { ...gpu, used: gpu.used + share } : gpu)),
    poolCounts,
  };
}

function subtract(from: Resources, part: Resources): Resources {
  const custom: Record<string, number> = { ...from.custom };
  for (const [name, amount] of Object.entries(part.custom)) custom[name] = (custom[name] ?? 0) - amount;
  return {
    cpus: from.cpus - part.cpus,
    gpus: from.gpus - part.gpus,
    memoryBytes: from.memoryBytes - part.memoryBytes,
    custom,
  };
}

/** The text names the node that comes closest: reachable before not, then the one with most CPU free. */
function refusalOf(wish: PlacementWish, candidates: readonly Candidate[]): PlacementRefusal {
  const { replicaId } = wish;
  const refusals = candidates.flatMap(({ room, fit }) => (fit.fits ? [] : [{ room, fit }]));
  const perNode = refusals.map(({ room, fit }) => ({
    nodeId: room.node.nodeId,
    nodeName: room.node.nodeName,
    reason: fit.reason,
  }));
  const closest = [...refusals].sort(
    (a, b) =>
      Number(b.room.node.state === "ready") - Number(a.room.node.state === "ready") ||
      b.room.free.cpus - a.room.free.cpus,
  )[0];
  if (closest === undefined) {
    return {
      replicaId,
      reason: "No node is connected. Start an agent: `npm start` runs one on this machine.",
      perNode,
    };
  }
  const others = refusals.length - 1;
  const rest =
    others === 0 ? "" : others === 1 ? " (and one other node refuses)" : ` (and ${others} other nodes refuse)`;
  const { fit, room } = closest;
  const advice = fit.advice === null ? "" : ` ${fit.advice}`;
  // "needs 1 CPU, 0.25 of 2 free on node-a. Set num_cpus to 0.25 or less."
  const text = fit.reason.startsWith("needs")
    ? `${fit.reason} on ${room.node.nodeName}`
    : `${room.node.nodeName} ${fit.reason}`;
  return { replicaId, reason: `${text}${rest}.${advice}`, perNode };
}
