/** Writes what agents report. Every write is fenced by the epoch and never moves a replica backwards. */
import { isSluiceError, type NodeFacts, type ReplicaObservation } from "@sluice/contracts";
import {
  appendEvents,
  fenced,
  getNode,
  getReplica,
  listReplicas,
  notify,
  updateReplica,
  upsertNode,
  type Replica,
  type ReplicaChange,
  type Tx,
} from "@sluice/db";
import type { LeaderContext } from "../leader/leader-context.ts";
import { isNewsForPlan, planMissing, planObservation } from "./plan-observation.ts";

/** Tries at rows that a plan writes at the same moment; each builds on what the other wrote. */
const writeTries = 5;

/** An agent said hello: its node is known and ready. */
export async function saveHello(context: LeaderContext, projectId: string, facts: NodeFacts): Promise<void> {
  await fenced(context.database, context.epoch, async (tx) => {
    const before = await getNode(tx, facts.nodeId);
    await upsertNode(tx, { projectId, facts });
    if (before === null || before.state === "unreachable" || before.state === "gone") {
      await appendEvents(tx, [
        {
          projectId,
          atMs: context.now(),
          nodeId: facts.nodeId,
          reason: "NodeReady",
          severity: "info",
          message: before === null ? `Node ${facts.name} joined` : `Node ${facts.name} is back`,
        },
      ]);
    }
    await notify(tx, "sluice_status");
  });
}

type PlanChange = (replica: Replica) => ReplicaChange | null;

/**
 * Takes an agent's word about its replicas; `isFull` = there are no others. Answers the applications whose plan may differ
 * now. A report that changes nothing costs one query.
 */
export async function saveObservations(
  context: LeaderContext,
  nodeId: string,
  observed: readonly ReplicaObservation[],
  isFull: boolean,
): Promise<ReadonlySet<string>> {
  const nowMs = context.now();
  const reports = new Map(observed.map((observation) => [observation.replicaId, observation]));
  const plan: PlanChange = (replica) => {
    const observation = reports.get(replica.id);
    if (observation !== undefined) return planObservation(replica, observation, nowMs);
    return isFull ? planMissing(replica, nowMs) : null;
  };
  const known = await listReplicas(context.database, { nodeId, live: true });
  const changing = known.filter((replica) => plan(replica) !== null).map((replica) => replica.id);
  if (changing.length === 0) return new Set();
  for (let left = writeTries; ; left -= 1) {
    try {
      return await writeChanges(context, changing, plan);
    } catch (error) {
      // A plan that writes the same rows in another order makes one of the two lose; the rows are read anew.
      if (left <= 1 || isSluiceError(error)) throw error;
    }
  }
}

async function writeChanges(
  context: LeaderContext,
  replicaIds: readonly string[],
  plan: PlanChange,
): Promise<ReadonlySet<string>> {
  const moved = new Set<string>();
  await fenced(context.database, context.epoch, async (tx) => {
    for (const replicaId of replicaIds) {
      const written = await changeReplica(tx, replicaId, plan);
      if (written === null) continue;
      if (isNewsForPlan(written.before, written.change)) moved.add(written.before.applicationId);
    }
    // Load and memory move all the time; screens ask for them at their own pace.
    for (const applicationId of moved) await notify(tx, "sluice_status", { applicationId });
  });
  return moved;
}

async function changeReplica(
  tx: Tx,
  replicaId: string,
  plan: PlanChange,
): Promise<{ readonly before: Replica; readonly change: ReplicaChange } | null> {
  for (let left = writeTries; left > 0; left -= 1) {
    const before = await getReplica(tx, replicaId);
    const change = before === null ? null : plan(before);
    if (before === null || change === null) return null;
    if ((await updateReplica(tx, before, change)) !== null) return { before, change };
  }
  throw new Error(`replica ${replicaId} could not be written in ${String(writeTries)} tries`);
}
