/** What must hold once nothing happens from outside any more. */
import type { ApplicationPart } from "../src/state/application-part.ts";
import type { SimulatedCluster } from "./simulated-cluster.ts";

/** Sentences about what did not come to rest. */
export function checkRest(cluster: SimulatedCluster): string[] {
  return [
    ...[...cluster.store.applications].flatMap(([id, part]) => checkApplication(cluster, id, part)),
    ...checkAgents(cluster),
  ];
}

function checkApplication(cluster: SimulatedCluster, id: string, part: ApplicationPart): string[] {
  const { intent, status, traffic, replicas, poolStatuses } = part;
  const { application, split } = intent;
  if (application.deletingAtMs !== null) return [`${id} is not gone`];
  if (application.rolloutPausedAtMs !== null) return [];
  const intended = split?.variants.flatMap(({ revision, weight }) =>
    revision === null ? [] : [{ revision, weight }],
  ) ?? [{ revision: application.targetRevision ?? 0, weight: 100 }];
  const isBroken = intended.some(({ revision }) => isBrokenRevision(part, revision));
  const state = status?.state ?? "NOT_STARTED";
  const inForce = (traffic?.variants ?? []).filter(({ weight }) => weight > 0);
  if (isBroken) {
    const serves = inForce.every(({ revision }) => !isBrokenRevision(part, revision));
    const isKept = state === "DEPLOY_FAILED" || state === "RUNNING" || state === "UNHEALTHY";
    return isKept && serves ? [] : [`${id} is ${state} with a broken revision in force or on its way`];
  }
  const problems: string[] = [];
  if (state !== "RUNNING") problems.push(`${id} is ${state}: ${status?.message ?? ""}`);
  if (weights(inForce) !== weights(intended))
    problems.push(`${id} has ${weights(inForce)}, wanted ${weights(intended)}`);
  const live = [...replicas.values()].filter(({ endedAtMs }) => endedAtMs === null);
  for (const { deployment, poolId, revision } of intent.deployments) {
    if (!intended.some((entry) => entry.revision === revision && entry.weight > 0)) continue;
    const ready = live.filter((replica) => replica.poolId === poolId && replica.stage === "ready").length;
    const wanted = poolStatuses.get(poolId)?.wantedReplicas ?? -1;
    if (ready !== wanted) problems.push(`${id} ${deployment}: ${String(ready)} ready, wanted ${String(wanted)}`);
  }
  for (const gateway of cluster.gateways) {
    const told = gateway.slices.get(application.name);
    if (weights(told?.variants ?? []) !== weights(intended)) problems.push(`${id}: a gateway has other weights`);
  }
  return problems;
}

/** Agents run exactly what is assigned to them: nothing is doubled, nothing is left over. */
function checkAgents({ agents, store }: SimulatedCluster): string[] {
  const assigned = new Map<string, Set<string>>(agents.map(({ nodeId }) => [nodeId, new Set()]));
  for (const { replicas } of store.applications.values()) {
    for (const { id, members, endedAtMs } of replicas.values()) {
      if (endedAtMs === null) for (const { nodeId } of members) assigned.get(nodeId)?.add(id);
    }
  }
  return agents.flatMap((agent) => {
    const wanted = [...(assigned.get(agent.nodeId) ?? [])].sort().join();
    const there = agent.running().sort().join();
    return wanted === there ? [] : [`${agent.nodeId} runs [${there}], assigned are [${wanted}]`];
  });
}

function isBrokenRevision({ intent }: ApplicationPart, revision: number): boolean {
  return intent.revisions.find(({ number }) => number === revision)?.spec.import_path?.startsWith("broken") ?? false;
}

function weights(variants: readonly { readonly revision: number; readonly weight: number }[]): string {
  return variants
    .filter(({ weight }) => weight > 0)
    .map(({ revision, weight }) => `r${String(revision)}=${String(weight)}`)
    .sort()
    .join(" ");
}
