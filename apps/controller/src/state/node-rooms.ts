import type { Node, Replica } from "@sluice/db";
import { RoomLedger, type RoomHolder } from "@sluice/domain";

/** Room on every node, kept up to date with each written change instead of summed over all replicas. */
export class NodeRooms {
  #ledger = new RoomLedger();

  clear(): void {
    this.#ledger = new RoomLedger();
  }

  setNode({ id, name, state, message, facts }: Node): void {
    if (state === "gone") return this.#ledger.removeNode(id);
    this.#ledger.setNode({
      nodeId: id,
      nodeName: name,
      state,
      // Of a ready node the message says why requests would not reach its replicas.
      ...(state === "ready" && message !== "" ? { closedBecause: message } : {}),
      capacity: { cpus: facts.cpus, gpus: facts.gpus.length, memoryBytes: facts.memoryBytes, custom: facts.custom },
      gpus: facts.gpus.map(({ uuid, model, memoryTotalBytes }) => ({ uuid, model, memoryBytes: memoryTotalBytes })),
      labels: facts.labels,
    });
  }

  removeNode(nodeId: string): void {
    this.#ledger.removeNode(nodeId);
  }

  /** A replica as it was and as it is; null = it was not, or is not any more. */
  change(before: Replica | null, after: Replica | null): void {
    if (
      before?.members === after?.members &&
      isHolding(before) === isHolding(after) &&
      before?.poolId === after?.poolId
    )
      return;
    for (const holder of holdersOf(before)) this.#ledger.give(holder);
    for (const holder of holdersOf(after)) this.#ledger.take(holder);
  }

  get ledger(): RoomLedger {
    return this.#ledger;
  }
}

function isHolding(replica: Replica | null): boolean {
  return replica !== null && replica.endedAtMs === null;
}

function holdersOf(replica: Replica | null): RoomHolder[] {
  if (replica === null || !isHolding(replica)) return [];
  return replica.members.map(({ nodeId, gpus, assignment }) => ({
    nodeId,
    poolId: replica.poolId,
    resources: { cpus: assignment.cpus, gpus, memoryBytes: assignment.memoryBytes, custom: assignment.custom ?? {} },
    gpuUuids: assignment.gpuUuids,
  }));
}
