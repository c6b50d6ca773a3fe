import type { NodeFacts, ReplicaObservation } from "@sluice/contracts";
import type { NewEvent, Node, Replica, ReplicaChange, ReplicaUpdate, StatusBatch } from "@sluice/db";
import { decideReachable, type DecidedState } from "../nodes/decide-node-state.ts";
import type { ClusterState } from "../state/cluster-state.ts";
import { reachAtHello } from "../nodes/judge-reach.ts";
import { changeReplica } from "../reconcile/replica-drafts.ts";
import type { MemberReports } from "./member-reports.ts";
import { changesRow, isNewsForPlan, planMissing, planObservation } from "./plan-observation.ts";
import type { Report } from "./report-inbox.ts";

export interface ReportFold {
  readonly batch: Pick<StatusBatch, "nodes" | "changedReplicas" | "events">;
  /** Applications and nodes whose rows change. */
  readonly applicationIds: ReadonlySet<string>;
  readonly nodeIds: ReadonlySet<string>;
  /** Applications whose plan may differ afterwards. */
  readonly moved: ReadonlySet<string>;
}

/** What reports change of the rows, one after the other; null when nothing. */
export function foldReports(
  state: Pick<ClusterState, "node" | "nodeIntent" | "replicasOn">,
  reports: readonly Report[],
  members: MemberReports,
  projectId: string,
  nowMs: number,
): ReportFold | null {
  const nodes = new Map<string, Node>();
  const events: NewEvent[] = [];
  const updates = new Map<string, ReplicaUpdate>();
  const moved = new Set<string>();
  for (const report of reports) {
    if (report.facts !== null) {
      const before = nodes.get(report.nodeId) ?? state.node(report.nodeId) ?? null;
      const wanted = decideReachable(state.nodeIntent(report.nodeId), state.replicasOn(report.nodeId).length, {
        reach: reachAtHello(before, report.facts),
      });
      nodes.set(report.nodeId, nodeAfter(before, report.facts, projectId, nowMs, wanted));
      events.push(...helloEvents(before, report.facts, projectId, nowMs));
    }
    const observed = byReplica(report.replicas);
    for (const before of state.replicasOn(report.nodeId)) {
      const replica = updates.get(before.id)?.after ?? before;
      const change = changeOf(replica, observed.get(replica.id) ?? noMembers, report, members, nowMs);
      if (change === null || !changesRow(replica, change)) continue;
      if (isNewsForPlan(replica, change)) moved.add(replica.applicationId);
      updates.set(replica.id, { before, after: nextRow(before, changeReplica(replica, change)) });
    }
  }
  const changedReplicas = [...updates.values()];
  if (nodes.size === 0 && changedReplicas.length === 0) return null;
  return {
    batch: { nodes: [...nodes.values()], changedReplicas, events },
    applicationIds: new Set(changedReplicas.map(({ before }) => before.applicationId)),
    nodeIds: new Set(nodes.keys()),
    moved,
  };
}

type Members = ReadonlyMap<number, ReplicaObservation>;
const noMembers: Members = new Map();

function byReplica(observations: readonly ReplicaObservation[]): ReadonlyMap<string, Members> {
  const found = new Map<string, Map<number, ReplicaObservation>>();
  for (const observation of observations) {
    const members = found.get(observation.replicaId) ?? new Map<number, ReplicaObservation>();
    found.set(observation.replicaId, members.set(observation.rank, observation));
  }
  return found;
}

function changeOf(
  replica: Replica,
  observed: Members,
  { nodeId, isFull }: Report,
  members: MemberReports,
  nowMs: number,
): ReplicaChange | null {
  if (replica.members.length > 1) {
    const whole = members.fold(replica, nodeId, observed, isFull);
    return whole === null ? null : planObservation(replica, whole, nowMs);
  }
  const observation = observed.get(0);
  if (observation !== undefined) return planObservation(replica, observation, nowMs);
  return isFull ? planMissing(replica, nowMs) : null;
}

function nextRow(before: Replica, after: Replica): Replica {
  return { ...after, rowVersion: before.rowVersion + 1 };
}

/** A node that says hello is heard of. One that takes nothing new, by a person's wish, does so from the first moment. */
function nodeAfter(
  before: Node | null,
  facts: NodeFacts,
  projectId: string,
  nowMs: number,
  wanted: DecidedState,
): Node {
  return {
    id: facts.nodeId,
    projectId: before?.projectId ?? projectId,
    name: facts.name,
    facts,
    usage: before?.usage ?? null,
    state: wanted.state,
    message: wanted.message,
    createdAtMs: before?.createdAtMs ?? nowMs,
    stateSinceMs: before === null || before.state !== wanted.state ? nowMs : before.stateSinceMs,
    lastSeenAtMs: nowMs,
  };
}

function helloEvents(before: Node | null, facts: NodeFacts, projectId: string, nowMs: number): NewEvent[] {
  if (before !== null && before.state !== "unreachable" && before.state !== "gone") return [];
  return [
    {
      projectId,
      atMs: nowMs,
      nodeId: facts.nodeId,
      reason: "NodeReady",
      severity: "info",
      message: before === null ? `Node ${facts.name} joined` : `Node ${facts.name} is back`,
    },
  ];
}
