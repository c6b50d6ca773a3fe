import type { RoomHold } from "../placement/placement.ts";
import { NO_RESOURCES } from "../placement/resources.ts";
import type { Resources } from "../placement/resources.ts";
import type { LivePlan } from "./intent.ts";
import type { ReconcileSnapshot, RevisionDeployment } from "./snapshot.ts";
import type { PoolView } from "./view-pools.ts";

/** Room by node that replicas of other revisions of the application hold for now: the words of a refusal name it. */
export function findHolds(
  snapshot: ReconcileSnapshot,
  views: readonly PoolView[],
  live: LivePlan,
): ReadonlyMap<string, readonly RoomHold[]> {
  const { name, targetRevision } = snapshot.application;
  const target = snapshot.revisions.find(({ revision }) => revision === targetRevision);
  const kept = new Set(target?.deployments.map(({ poolId }) => poolId));
  const holds = new Map<string, Map<string, RoomHold>>();
  for (const { facts, groups } of views) {
    const owner = kept.has(facts.poolId) ? undefined : newestUser(snapshot, facts.poolId);
    if (owner === undefined) continue;
    const kind = live.wanted.has(facts.poolId) ? ("leaving" as const) : ("warm" as const);
    for (const { members } of [...groups.active, ...groups.leaving]) {
      members.forEach(({ nodeId }, rank) => {
        const resources = owner.deployment.members[rank]?.resources;
        if (resources === undefined) return;
        const label = `revision ${owner.revision} of ${name}`;
        const here = holds.get(nodeId) ?? new Map<string, RoomHold>();
        const known = here.get(label)?.resources ?? NO_RESOURCES;
        holds.set(nodeId, here.set(label, { label, kind, resources: sumOf(known, resources) }));
      });
    }
  }
  return new Map([...holds].map(([nodeId, byLabel]) => [nodeId, [...byLabel.values()]]));
}

function sumOf(a: Resources, b: Resources): Resources {
  const names = new Set([...Object.keys(a.custom), ...Object.keys(b.custom)]);
  return {
    cpus: a.cpus + b.cpus,
    gpus: a.gpus + b.gpus,
    memoryBytes: a.memoryBytes + b.memoryBytes,
    custom: Object.fromEntries([...names].map((name) => [name, (a.custom[name] ?? 0) + (b.custom[name] ?? 0)])),
  };
}

function newestUser(
  { revisions }: ReconcileSnapshot,
  poolId: string,
): { readonly revision: number; readonly deployment: RevisionDeployment } | undefined {
  return revisions
    .flatMap(({ revision, deployments }) =>
      deployments.filter((one) => one.poolId === poolId).map((deployment) => ({ revision, deployment })),
    )
    .sort((a, b) => b.revision - a.revision)[0];
}
