/** What must hold after every write, whatever the story does. Each answers sentences about what does not. */
import type { Node, Replica, StatusBatch } from "@sluice/db";
import type { ApplicationPart } from "../src/state/application-part.ts";
import type { MemoryStore } from "./memory-store.ts";

const slack = 1e-6;
/** Weights are in tenths of a percent: so much may be rounding. */
const weightSlack = 0.1;

/** No node is filled above what it has; no GPU is promised twice. */
export function checkCapacity({ applications, nodes }: MemoryStore): string[] {
  const used = new Map<string, { cpus: number; memoryBytes: number; gpus: Map<string, number> }>();
  for (const { replicas } of applications.values()) {
    for (const { members, endedAtMs } of replicas.values()) {
      if (endedAtMs !== null) continue;
      for (const { nodeId, gpus, assignment } of members) {
        const sum = used.get(nodeId) ?? { cpus: 0, memoryBytes: 0, gpus: new Map<string, number>() };
        sum.cpus += assignment.cpus;
        sum.memoryBytes += assignment.memoryBytes;
        const share = Math.min(1, gpus);
        for (const uuid of assignment.gpuUuids) sum.gpus.set(uuid, (sum.gpus.get(uuid) ?? 0) + share);
        used.set(nodeId, sum);
      }
    }
  }
  return [...used].flatMap(([nodeId, { cpus, memoryBytes, gpus }]) => {
    const facts = nodes.get(nodeId)?.facts;
    if (facts === undefined) return [];
    const over = [...gpus].filter(([, share]) => share > 1 + slack);
    return [
      ...(cpus > facts.cpus + slack ? [`${nodeId} holds ${String(cpus)} of ${String(facts.cpus)} CPUs`] : []),
      ...(memoryBytes > facts.memoryBytes + slack ? [`${nodeId} holds ${String(memoryBytes)} bytes`] : []),
      ...over.map(([uuid, share]) => `GPU ${uuid} of ${nodeId} is promised ${String(share)} times`),
    ];
  });
}

/** A pool never has more than it wants, but for what was ready before the number fell, and what it replaces. */
export function checkPools(store: MemoryStore, applicationId: string): string[] {
  const part = store.applications.get(applicationId);
  if (part === undefined) return [];
  return [...part.poolStatuses.values()].flatMap(({ poolId, wantedReplicas }) => {
    const pool = [...part.replicas.values()].filter((replica) => replica.poolId === poolId);
    const active = pool.filter((replica) => isActive(replica, store.nodes));
    const ready = active.filter(({ stage }) => stage === "ready").length;
    // While a person holds the rollout still, numbers stay as they were.
    const cap = part.intent.application.rolloutPausedAtMs === null ? capOf(part, poolId) : wantedReplicas;
    return [
      ...(active.length > Math.max(wantedReplicas, ready)
        ? [`${poolId} has ${String(active.length)} replicas (${String(ready)} ready), wants ${String(wantedReplicas)}`]
        : []),
      ...(wantedReplicas > cap ? [`${poolId} wants ${String(wantedReplicas)}, allowed are ${String(cap)}`] : []),
    ];
  });
}

/**
 * A pool that gives up ready replicas keeps as many as the weight of its revisions asks for; during an update without room,
 * the update's share less.
 */
export function checkServing(store: MemoryStore, batch: StatusBatch): string[] {
  const leaving = batch.changedReplicas.filter(
    ({ before, after }) => before.stage === "ready" && after.stage === "draining" && isActive(before, store.nodes),
  );
  const pools = new Map(leaving.map(({ after }) => [after.poolId, after.applicationId]));
  return [...pools].flatMap(([poolId, applicationId]) => {
    const part = store.applications.get(applicationId);
    if (part === undefined || part.intent.application.deletingAtMs !== null) return [];
    const ready = [...part.replicas.values()].filter(
      (replica) => replica.poolId === poolId && replica.stage === "ready" && isActive(replica, store.nodes),
    ).length;
    const least = leastReady(part, poolId);
    const told = `${poolId}: ready ones were given up, ${String(ready)} are left of at least ${String(least)}`;
    return ready >= least ? [] : [told];
  });
}

/** Replicas that the weights in force need of a pool. */
function leastReady({ intent, traffic, rollout, poolStatuses }: ApplicationPart, poolId: string): number {
  const weights = new Map((traffic?.variants ?? []).map(({ revision, weight }) => [revision, weight]));
  const its = intent.deployments.filter((each) => each.poolId === poolId && (weights.get(each.revision) ?? 0) > 0);
  const wanted = poolStatuses.get(poolId)?.wantedReplicas ?? 0;
  const isRolling = rollout?.phase === "rolling" && rollout.endedAtMs === null;
  const isGoingBack = rollout?.phase === "failed";
  const goalRevision = isGoingBack ? rollout.fromRevision : rollout?.toRevision;
  // The way back from a failed update makes room only where none was found.
  const lacksRoom = isGoingBack && Object.keys(rollout.numbers).some((key) => key.startsWith("back "));
  const needs = its.map(({ resolved, deployment, revision }) => {
    if (resolved.autoscaling !== undefined) return wanted;
    const goal = intent.deployments.find((d) => d.deployment === deployment && d.revision === goalRevision);
    const own = intent.application.manualScale[deployment] ?? resolved.num_replicas;
    // An update to fewer replicas may go down to their number on its way.
    const full = (isRolling || isGoingBack) && goal !== undefined ? Math.min(own, goal.resolved.num_replicas) : own;
    const spared = isRolling || lacksRoom ? Math.max(1, Math.floor(full * resolved.rolling_update_percentage)) : 0;
    const share = ((weights.get(revision) ?? 0) - weightSlack) / 100;
    return Math.max(1, Math.ceil(full * share - slack)) - spared;
  });
  return Math.max(0, ...needs);
}

function capOf({ intent }: ApplicationPart, poolId: string): number {
  const its = intent.deployments.filter((deployment) => deployment.poolId === poolId);
  const manual = intent.application.manualScale;
  const caps = its.map(({ resolved, deployment }) =>
    Math.max(resolved.num_replicas, resolved.autoscaling?.max_replicas ?? 0, manual[deployment] ?? 0),
  );
  return Math.max(0, ...caps);
}

/** Counts for its pool: not on its way out, and on a node that keeps it. */
function isActive({ stage, nodeId, endedAtMs }: Replica, nodes: ReadonlyMap<string, Node>): boolean {
  if (endedAtMs !== null || stage === "draining") return false;
  const node = nodeId === null ? undefined : nodes.get(nodeId);
  return nodeId === null || node?.state === "ready" || node?.state === "cordoned";
}
