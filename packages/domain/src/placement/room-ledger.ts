import { fromUnits, toUnits } from "./amount.ts";
import type { RoomHolder } from "./measure-node-use.ts";
import { giveRoom, needOf, takeRoom } from "./node-room.ts";
import type { NodeRoom } from "./node-room.ts";
import type { PlacedReplica, PlacementNode, PlacementNodeFacts } from "./placement.ts";
import { NO_RESOURCES } from "./resources.ts";

/**
 * The room of all nodes, kept up to date as members come and go, so that a plan need not sum all replicas. The owner calls
 * `take` when a member is assigned and `give` with the same holder when it ended; placement only tries and puts back.
 * Invariant: at any time equal to `measureNodeUse` over the holders that took and did not give.
 */
export class RoomLedger {
  readonly #rooms = new Map<string, NodeRoom>();
  #known: NodeRoom[] | null = null;

  /** From nodes that were measured already, with the replicas that count for spreading. */
  static of(nodes: readonly PlacementNode[], running: readonly PlacedReplica[] = []): RoomLedger {
    const ledger = new RoomLedger();
    for (const node of nodes) {
      ledger.setNode(node);
      const room = ledger.#roomOf(node.nodeId);
      takeRoom(room, needOf(node.used, null), []);
      for (const gpu of node.gpus) if (gpu.used > 0) room.gpuShares.set(gpu.uuid, toUnits(gpu.used));
      for (const gpu of room.gpus) gpu.used = room.gpuShares.get(gpu.uuid) ?? 0;
    }
    for (const { poolId, nodeId, count = 1 } of running) {
      const counts = ledger.#rooms.get(nodeId)?.poolCounts;
      counts?.set(poolId, (counts.get(poolId) ?? 0) + count);
    }
    return ledger;
  }

  /** A node appeared or changed: state, capacity, labels, GPUs. What members hold on it stays. */
  setNode(facts: PlacementNodeFacts): void {
    const room = this.#roomOf(facts.nodeId);
    const { cpus, memoryBytes, custom } = facts.capacity;
    room.facts = facts;
    room.capacity = {
      cpus: toUnits(cpus),
      memoryBytes: Math.floor(memoryBytes),
      custom: new Map(Object.entries(custom).map(([name, amount]) => [name, toUnits(amount)])),
    };
    room.gpus = facts.gpus.map(({ uuid, model, memoryBytes: bytes }) => {
      return { uuid, model, memoryBytes: bytes, used: room.gpuShares.get(uuid) ?? 0 };
    });
    if (!room.isKnown) this.#known = null;
    room.isKnown = true;
  }

  /** The node is gone for good. Members that still hold room on it may give it back later. */
  removeNode(nodeId: string): void {
    const room = this.#rooms.get(nodeId);
    if (room === undefined) return;
    room.isKnown = false;
    this.#known = null;
    this.#forgetIfEmpty(nodeId, room);
  }

  take(holder: RoomHolder): void {
    takeRoom(this.#roomOf(holder.nodeId), needOf(holder.resources, holder.poolId ?? null), holder.gpuUuids);
  }

  give(holder: RoomHolder): void {
    const room = this.#roomOf(holder.nodeId);
    giveRoom(room, needOf(holder.resources, holder.poolId ?? null), holder.gpuUuids);
    this.#forgetIfEmpty(holder.nodeId, room);
  }

  /** Rooms of the nodes that are known, in the order they appeared. */
  rooms(): readonly NodeRoom[] {
    this.#known ??= [...this.#rooms.values()].filter((room) => room.isKnown);
    return this.#known;
  }

  room(nodeId: string): NodeRoom | undefined {
    const room = this.#rooms.get(nodeId);
    return room?.isKnown === true ? room : undefined;
  }

  /** Members of a pool on a node. */
  count(poolId: string, nodeId: string): number {
    return this.#rooms.get(nodeId)?.poolCounts.get(poolId) ?? 0;
  }

  /** All nodes with what is used of them now. */
  nodes(): PlacementNode[] {
    return this.rooms().map(({ facts, used, gpus }) => ({
      ...facts,
      used: {
        cpus: fromUnits(used.cpus),
        gpus: fromUnits(used.gpus),
        memoryBytes: used.memoryBytes,
        custom: Object.fromEntries([...used.custom].map(([name, units]) => [name, fromUnits(units)])),
      },
      gpus: gpus.map((gpu) => ({ ...gpu, used: Math.min(1, fromUnits(gpu.used)) })),
    }));
  }

  #roomOf(nodeId: string): NodeRoom {
    const found = this.#rooms.get(nodeId);
    if (found !== undefined) return found;
    const room = emptyRoom(nodeId);
    this.#rooms.set(nodeId, room);
    return room;
  }

  #forgetIfEmpty(nodeId: string, room: NodeRoom): void {
    const { used, poolCounts, gpuShares } = room;
    const isEmpty = used.cpus === 0 && used.gpus === 0 && used.memoryBytes === 0 && used.custom.size === 0;
    if (!room.isKnown && isEmpty && poolCounts.size === 0 && gpuShares.size === 0) this.#rooms.delete(nodeId);
  }
}

function emptyRoom(nodeId: string): NodeRoom {
  return {
    facts: { nodeId, nodeName: nodeId, state: "gone", capacity: NO_RESOURCES, gpus: [], labels: {} },
    isKnown: false,
    capacity: { cpus: 0, memoryBytes: 0, custom: new Map() },
    used: { cpus: 0, gpus: 0, memoryBytes: 0, custom: new Map() },
    gpuShares: new Map(),
    gpus: [],
    poolCounts: new Map(),
  };
}
