/** Which pools are autoscaled, from the leader's memory: no query. */
import type { ResolvedAutoscaling } from "@sluice/contracts";
import type { Replica, RevisionDeployment } from "@sluice/db";
import type { AutoscalingPolicy } from "@sluice/domain";
import type { ApplicationPart } from "../state/application-part.ts";
import type { AutoscaledPool, LeftoverTarget, PoolListing } from "./autoscaled-pool.ts";
import { policyOf } from "./policy-of.ts";

type Parts = Iterable<readonly [string, Readonly<ApplicationPart>]>;

/**
 * Pools of revisions that have weight (or of the first target), once the plan has taken them up. A pool that is kept warm for a
 * rollback keeps its number; a target that failed is not tried again and needs none.
 */
export function listPools(parts: Parts): PoolListing {
  const pools: AutoscaledPool[] = [];
  const leftovers: LeftoverTarget[] = [];
  for (const [applicationId, part] of parts) {
    // In an update that goes in steps the pools share the load in passing; what they want then is a matter of the rollout.
    if (part.rollout?.endedAtMs === null && (part.rollout.phase === "rolling" || part.rollout.phase === "paused"))
      continue;
    const isAutoscaled = part.intent.deployments.some(({ resolved }) => resolved.autoscaling !== undefined);
    if (!isAutoscaled && part.autoscalers.size === 0) continue;
    const live = liveDeployments(part);
    for (const deployment of live.values()) {
      const pool = poolOf(part, deployment, live);
      if (pool !== null) pools.push(pool);
    }
    for (const poolId of part.autoscalers.keys()) {
      const isFixed = live.has(poolId) && live.get(poolId)?.resolved.autoscaling === undefined;
      if (isFixed || !part.poolStatuses.has(poolId)) leftovers.push({ applicationId, poolId });
    }
  }
  return { pools, leftovers };
}

/** By pool; of revisions that share one, the target's word counts, then the newest's. */
function liveDeployments({ intent, traffic, status }: Readonly<ApplicationPart>): Map<string, RevisionDeployment> {
  const { application, deployments } = intent;
  if (application.deletingAtMs !== null) return new Map();
  const target = status?.failedGeneration === application.updateGeneration ? null : application.targetRevision;
  const serving = (traffic?.variants ?? []).flatMap(({ revision, weight }) => (weight > 0 ? [revision] : []));
  const live = new Set(target === null ? serving : [...serving, target]);
  const ordered = deployments
    .filter(({ revision }) => live.has(revision))
    .toSorted((a, b) => Number(a.revision === target) - Number(b.revision === target) || a.revision - b.revision);
  return new Map(ordered.map((deployment) => [deployment.poolId, deployment]));
}

function poolOf(
  part: Readonly<ApplicationPart>,
  { poolId, deployment, revision, resolved, ingress }: RevisionDeployment,
  live: ReadonlyMap<string, RevisionDeployment>,
): AutoscaledPool | null {
  const { autoscaling } = resolved;
  const status = part.poolStatuses.get(poolId);
  if (autoscaling === undefined || status === undefined) return null;
  const { application } = part.intent;
  const stored = part.autoscalers.get(poolId);
  const replicas = [...part.replicas.values()];
  return {
    poolId,
    projectId: application.projectId,
    applicationId: application.id,
    application: application.name,
    deployment,
    revision,
    policy: policyFor(autoscaling),
    maxOngoingRequests: resolved.max_ongoing_requests,
    ready: replicas.filter((replica) => replica.poolId === poolId && replica.stage === "ready").length,
    currentTarget: stored?.target ?? status.wantedReplicas,
    isStored: stored !== undefined,
    isServing: serves(part, poolId),
    heardFrom: ingress || !mayBeCalled(part, deployment, replicas, live) ? "gateways" : "handles",
  };
}

/** A revision that uses it has weight, or none has yet. */
function serves({ intent, traffic }: Readonly<ApplicationPart>, poolId: string): boolean {
  const weights = new Map((traffic?.variants ?? []).map(({ revision, weight }) => [revision, weight]));
  const hasWeight = (revision: number): boolean => (weights.get(revision) ?? 0) > 0;
  if (![...weights.keys()].some(hasWeight)) return true;
  return intent.deployments.some((deployment) => deployment.poolId === poolId && hasWeight(deployment.revision));
}

/** Replicas are there whose code has a handle to the deployment. */
function mayBeCalled(
  { intent }: Readonly<ApplicationPart>,
  deployment: string,
  replicas: readonly Replica[],
  live: ReadonlyMap<string, RevisionDeployment>,
): boolean {
  const running = new Set(replicas.filter(({ endedAtMs }) => endedAtMs === null).map(({ poolId }) => poolId));
  return [...live.values()].some((caller) => {
    if (!running.has(caller.poolId)) return false;
    const { description } = intent.revisions.find(({ number }) => number === caller.revision) ?? { description: null };
    const described = description?.deployments.find(({ options }) => options.name === caller.deployment);
    return described?.outbound.includes(deployment) ?? false;
  });
}

/** Options in memory stay the same objects until they are read again, so each is mapped once. */
const policies = new WeakMap<ResolvedAutoscaling, AutoscalingPolicy>();

function policyFor(options: ResolvedAutoscaling): AutoscalingPolicy {
  const policy = policies.get(options) ?? policyOf(options);
  policies.set(options, policy);
  return policy;
}
