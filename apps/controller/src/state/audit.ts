/**
 * The slow proof that memory and rows agree: each turn reads a slice of the applications and nodes and compares. After
 * `turnsPerRound` turns everything was compared. What differs is taken from the rows and counted: it means that somebody
 * else wrote status, or that a writer is wrong.
 */
import type { ApplicationRows, Node } from "@sluice/db";
import { canonicalJson } from "@sluice/domain";
import type { ApplicationPart } from "./application-part.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { LeaderStore } from "./leader-store.ts";
import type { StateReader } from "./state-reader.ts";
import type { StatusWriter } from "./status-writer.ts";

/** At a resync each 5 s: everything within 5 minutes. */
const turnsPerRound = 60;

export interface AuditOptions {
  readonly store: LeaderStore;
  readonly state: ClusterState;
  readonly reader: StateReader;
  readonly writer: StatusWriter;
  readonly onCorrected: (what: string, id: string) => void;
}

export class StateAudit {
  readonly #options: AuditOptions;
  #applications: string[] = [];
  #nodes: string[] = [];

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  async takeTurn(): Promise<void> {
    const { state } = this.#options;
    const ids = [...state.applications()].map(([id]) => id);
    const nodeIds = state.nodes().map(({ id }) => id);
    if (this.#applications.length === 0) this.#applications = [...ids];
    if (this.#nodes.length === 0) this.#nodes = [...nodeIds];
    for (const id of this.#applications.splice(0, Math.ceil(ids.length / turnsPerRound))) {
      await this.#auditApplication(id);
    }
    await this.#auditNodes(this.#nodes.splice(0, Math.ceil(nodeIds.length / turnsPerRound)));
  }

  /** At the application's turn: nobody writes it while it is read. */
  async #auditApplication(id: string): Promise<void> {
    const { store, state, reader, writer, onCorrected } = this.#options;
    await writer.atTurn({ applicationIds: [id] }, async () => {
      const part = state.application(id);
      if (part === undefined || reader.isDoubted(id)) return;
      const [rows] = await store.readApplications([id]);
      // Intent that moved on is no mistake: its wake-up is on the way.
      if (rows?.intent.application.generation !== part.intent.application.generation) return reader.doubt(id, "intent");
      if (fingerprint(rows) === fingerprint(asRows(part))) return;
      state.putApplication(id, rows);
      onCorrected("application", id);
    });
  }

  async #auditNodes(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { store, state, writer, onCorrected } = this.#options;
    await writer.atTurn({ nodeIds: ids }, async () => {
      const rows = new Map((await store.readNodes(ids)).map((node) => [node.id, node]));
      for (const id of ids) {
        const row = rows.get(id);
        const known = state.node(id);
        if (nodeFingerprint(row) === nodeFingerprint(known)) continue;
        if (row === undefined) state.removeNode(id);
        else state.putNode(row);
        onCorrected("node", id);
      }
    });
  }
}

function asRows(part: Readonly<ApplicationPart>): Omit<ApplicationRows, "intent"> {
  const { traffic, status, rollout } = part;
  return {
    replicas: [...part.replicas.values()],
    poolStatuses: [...part.poolStatuses.values()],
    autoscalers: [...part.autoscalers.values()],
    traffic,
    status,
    rollout,
  };
}

/** What decisions hang on. Load and memory are written in batches; times of rows are the database's. */
function fingerprint(rows: Omit<ApplicationRows, "intent">): string {
  const { traffic, status, rollout } = rows;
  return canonicalJson({
    replicas: sorted(rows.replicas.map(({ id, rowVersion, stage, nodeId }) => [id, rowVersion, stage, nodeId])),
    pools: sorted(rows.poolStatuses.map(({ poolId, state, wantedReplicas }) => [poolId, state, wantedReplicas])),
    autoscalers: sorted(rows.autoscalers.map(({ poolId, target }) => [poolId, target])),
    traffic: traffic && [traffic.variants.map(({ revision, weight }) => [revision, weight]), traffic.sliceVersion],
    status: status && [status.state, status.observedGeneration, status.failedGeneration],
    rollout: rollout && [rollout.generation, rollout.phase],
  });
}

function nodeFingerprint(node: Node | undefined): string {
  return node === undefined ? "" : canonicalJson([node.name, node.state, node.facts.cpus, node.facts.memoryBytes]);
}

function sorted<T extends readonly unknown[]>(rows: T[]): T[] {
  return rows.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
