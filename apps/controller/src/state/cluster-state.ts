/**
 * The status rows in memory. The leader alone writes them, so its copy is right as long as it changes only with what was
 * committed: `apply` is called after a commit and never before. Whoever writes goes through `StatusWriter`.
 */
import type { ApplicationRows, Intent, Node, NodeIntent, Replica, StatusBatch } from "@sluice/db";
import { mergeLabels, type RoomLedger } from "@sluice/domain";
import { applyStatuses, partOf, type ApplicationPart } from "./application-part.ts";
import { NodeRooms } from "./node-rooms.ts";

export class ClusterState {
  readonly #nodes = new Map<string, Node>();
  #nodeIntents: ReadonlyMap<string, NodeIntent> = new Map();
  readonly #parts = new Map<string, ApplicationPart>();
  /** Live replicas with a member on a node, by node and replica id. */
  readonly #onNode = new Map<string, Map<string, Replica>>();
  /** Grows with every change of what a node hosts. */
  readonly #hosting = new Map<string, number>();
  readonly #rooms = new NodeRooms();

  application(id: string): Readonly<ApplicationPart> | undefined {
    return this.#parts.get(id);
  }

  applications(): IterableIterator<[string, Readonly<ApplicationPart>]> {
    return this.#parts.entries();
  }

  node(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  /** Nodes that are not gone. */
  nodes(): Node[] {
    return [...this.#nodes.values()];
  }

  /** What people want of a node; nothing without an answer. */
  nodeIntent(id: string): NodeIntent | undefined {
    return this.#nodeIntents.get(id);
  }

  /** All of them as they were just read. Labels count for placement from now on. */
  putNodeIntents(intents: readonly NodeIntent[]): void {
    this.#nodeIntents = new Map(intents.map((intent) => [intent.nodeId, intent]));
    for (const node of this.#nodes.values()) this.#rooms.setNode(this.#labelled(node));
  }

  /** Room on all nodes; who plans with it leaves it as it is. */
  rooms(): RoomLedger {
    return this.#rooms.ledger;
  }

  /** Live replicas with a member on the node. */
  replicasOn(nodeId: string): Replica[] {
    return [...(this.#onNode.get(nodeId)?.values() ?? [])];
  }

  /** Another number = the node hosts something else, or in another way, than before. */
  hostingVersion(nodeId: string): number {
    return this.#hosting.get(nodeId) ?? 0;
  }

  putNode(node: Node): void {
    if (node.state === "gone") this.#nodes.delete(node.id);
    else this.#nodes.set(node.id, node);
    this.#rooms.setNode(this.#labelled(node));
  }

  removeNode(nodeId: string): void {
    this.#nodes.delete(nodeId);
    this.#rooms.removeNode(nodeId);
  }

  /** The rows of an application as they were just read; null = it is gone. */
  putApplication(id: string, rows: ApplicationRows | null): void {
    const before = this.#parts.get(id);
    for (const replica of before?.replicas.values() ?? []) this.#index(replica, null);
    if (rows === null) {
      this.#parts.delete(id);
      return;
    }
    const part = partOf(rows);
    this.#parts.set(id, part);
    for (const replica of part.replicas.values()) this.#index(null, replica);
  }

  /** Intent as it was just read. */
  putIntent(intent: Intent): void {
    const part = this.#parts.get(intent.application.id);
    if (part !== undefined) part.intent = intent;
  }

  /** Takes over what was committed. */
  apply(batch: StatusBatch): void {
    for (const node of batch.nodes) this.putNode(node);
    for (const replica of batch.createdReplicas) this.#put(null, replica);
    for (const { before, after } of batch.changedReplicas) this.#put(before, after);
    for (const replica of batch.deletedReplicas) {
      this.#parts.get(replica.applicationId)?.replicas.delete(replica.id);
      this.#index(replica, null);
    }
    applyStatuses(this.#parts, batch);
    for (const id of batch.deletedApplications) this.putApplication(id, null);
  }

  /** With the labels in force: those of people over those that its agent reports. */
  #labelled(node: Node): Node {
    const labels = mergeLabels(node.facts.labels, this.#nodeIntents.get(node.id)?.labels ?? {});
    return { ...node, facts: { ...node.facts, labels } };
  }

  #put(before: Replica | null, after: Replica): void {
    this.#parts.get(after.applicationId)?.replicas.set(after.id, after);
    this.#index(before, after);
  }

  #index(before: Replica | null, after: Replica | null): void {
    this.#rooms.change(before, after);
    for (const nodeId of nodesOf(before)) {
      this.#onNode.get(nodeId)?.delete(before?.id ?? "");
      this.#touch(nodeId);
    }
    for (const nodeId of nodesOf(after)) {
      const here = this.#onNode.get(nodeId) ?? new Map<string, Replica>();
      if (after !== null) here.set(after.id, after);
      this.#onNode.set(nodeId, here);
      this.#touch(nodeId);
    }
  }

  #touch(nodeId: string): void {
    this.#hosting.set(nodeId, (this.#hosting.get(nodeId) ?? 0) + 1);
  }
}

function nodesOf(replica: Replica | null): readonly string[] {
  if (replica === null || replica.endedAtMs !== null) return [];
  return replica.members.map((member) => member.nodeId);
}
