/**
 * The leader's store without a database, for hours of simulated time. It keeps the promises of the real one (all or nothing,
 * compare-and-set, generations); `store-contract.db.test.ts` holds both to them.
 */
import type { SliceVersion } from "@sluice/contracts";
import {
  StaleRowsError,
  type ApplicationRows,
  type Gateway,
  type Node,
  type NodeIntent,
  type NodeSighting,
  type Replica,
  type StatusBatch,
} from "@sluice/db";
import { applyStatuses, partOf, type ApplicationPart } from "../src/state/application-part.ts";
import type { GatewayHello, GatewayLoss, LeaderStore } from "../src/state/leader-store.ts";

export class MemoryStore implements LeaderStore {
  readonly applications = new Map<string, ApplicationPart>();
  readonly nodes = new Map<string, Node>();
  readonly nodeIntents = new Map<string, NodeIntent>();
  readonly gateways = new Map<string, Gateway>();
  /** What happens to the next commit: it is refused, or done without an answer. */
  nextFault: "before" | "after" | null = null;
  /** Looks at every batch that was written. */
  onCommitted: (batch: StatusBatch) => void = () => undefined;
  commits = 0;

  listGenerations() {
    return Promise.resolve(
      [...this.applications.values()].map(({ intent }) => {
        const { id, generation } = intent.application;
        return { id, generation };
      }),
    );
  }

  readApplications(ids: readonly string[]) {
    return Promise.resolve(ids.flatMap((id) => rowsOf(this.applications.get(id))));
  }

  readIntents(ids: readonly string[]) {
    return Promise.resolve(ids.flatMap((id) => this.applications.get(id)?.intent ?? []));
  }

  listHostingNodes(applicationId: string) {
    const replicas = [...(this.applications.get(applicationId)?.replicas.values() ?? [])];
    const live = replicas.filter(({ endedAtMs }) => endedAtMs === null);
    return Promise.resolve([...new Set(live.flatMap(({ members }) => members.map(({ nodeId }) => nodeId)))]);
  }

  readNodes(ids?: readonly string[]) {
    const all = [...this.nodes.values()].filter(({ state }) => state !== "gone");
    return Promise.resolve(ids === undefined ? all : all.filter(({ id }) => ids.includes(id)));
  }

  readNodeIntents() {
    return Promise.resolve([...this.nodeIntents.values()]);
  }

  commit(batch: StatusBatch): Promise<void> {
    const fault = this.nextFault;
    this.nextFault = null;
    if (fault === "before") return Promise.reject(new Error("the connection was lost before the commit"));
    try {
      this.#check(batch);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    this.#write(batch);
    this.commits += 1;
    this.onCommitted(batch);
    if (fault === "after") return Promise.reject(new Error("the connection was lost after the commit"));
    return Promise.resolve();
  }

  saveSightings(nodes: readonly NodeSighting[]): Promise<void> {
    for (const { nodeId, lastSeenAtMs, usage } of nodes) {
      const node = this.nodes.get(nodeId);
      if (node !== undefined) this.nodes.set(nodeId, { ...node, lastSeenAtMs, usage: usage ?? node.usage });
    }
    return Promise.resolve();
  }

  saveGateway({ applied, ...gateway }: GatewayHello): Promise<void> {
    const state = { connected: true, lostAtMs: null, createdAtMs: 0, lastSeenAtMs: 0 };
    this.gateways.set(gateway.id, { ...gateway, ...state, applied: appliedOf(applied) });
    return Promise.resolve();
  }

  saveGatewayApplied(id: string, applied: readonly SliceVersion[]): Promise<void> {
    const gateway = this.gateways.get(id);
    const patch = appliedOf(applied);
    if (gateway !== undefined) this.gateways.set(id, { ...gateway, applied: { ...gateway.applied, ...patch } });
    return Promise.resolve();
  }

  markGatewaysDisconnected(gateways: readonly GatewayLoss[]): Promise<void> {
    for (const { id, lostAtMs } of gateways) {
      const gateway = this.gateways.get(id);
      if (gateway !== undefined) this.gateways.set(id, { ...gateway, connected: false, lostAtMs });
    }
    return Promise.resolve();
  }

  listGateways(): Promise<Gateway[]> {
    return Promise.resolve([...this.gateways.values()]);
  }

  #check(batch: StatusBatch): void {
    for (const { applicationId, generation } of batch.atGenerations) {
      const known = this.applications.get(applicationId)?.intent.application.generation;
      if (known !== generation) throw new StaleRowsError(`application ${applicationId} is at ${String(known)}`);
    }
    for (const { before, after } of batch.changedReplicas) {
      const known = this.#replica(before);
      if (known?.rowVersion !== after.rowVersion - 1) throw new StaleRowsError(`replica ${before.id} changed`);
    }
    for (const replica of batch.createdReplicas) {
      if (this.#replica(replica) !== undefined) throw new Error(`replica ${replica.id} exists`);
      if (!this.applications.has(replica.applicationId)) throw new Error(`no application of replica ${replica.id}`);
    }
  }

  #write(batch: StatusBatch): void {
    for (const node of batch.nodes) this.nodes.set(node.id, node);
    for (const replica of batch.createdReplicas) this.#put(replica);
    for (const { after } of batch.changedReplicas) this.#put(after);
    for (const { applicationId, id } of batch.deletedReplicas)
      this.applications.get(applicationId)?.replicas.delete(id);
    applyStatuses(this.applications, batch);
    for (const id of batch.deletedApplications) this.applications.delete(id);
  }

  #replica({ applicationId, id }: Replica): Replica | undefined {
    return this.applications.get(applicationId)?.replicas.get(id);
  }

  #put(replica: Replica): void {
    this.applications.get(replica.applicationId)?.replicas.set(replica.id, replica);
  }
}

function appliedOf(applied: readonly SliceVersion[]): Gateway["applied"] {
  return Object.fromEntries(applied.map(({ application, epoch, version }) => [application, { epoch, version }]));
}

/** A copy: who reads it must not see what is written later. */
function rowsOf(part: ApplicationPart | undefined): ApplicationRows[] {
  if (part === undefined) return [];
  const { intent, traffic, status, rollout } = part;
  return [
    {
      intent,
      replicas: [...part.replicas.values()],
      poolStatuses: [...part.poolStatuses.values()],
      autoscalers: [...part.autoscalers.values()],
      traffic,
      status,
      rollout,
    },
  ];
}

/** An application that nothing is known of but what is wanted. */
export function newPart(intent: ApplicationPart["intent"]): ApplicationPart {
  const nothing = { replicas: [], poolStatuses: [], autoscalers: [], traffic: null, status: null, rollout: null };
  return partOf({ intent, ...nothing });
}
