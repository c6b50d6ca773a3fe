/** All that is known of one application, from the leader's memory: no query. */
import type {
  Application,
  ApplicationStatus,
  Pool,
  Replica,
  Revision,
  RevisionDeployment,
  RolloutStatus,
  TrafficInForce,
} from "@sluice/db";
import type { ReconcileSnapshot } from "@sluice/domain";
import type { Awaited } from "../gateways/awaited-gateways.ts";
import type { ApplicationPart } from "../state/application-part.ts";
import { snapshotOf } from "./snapshot-of.ts";

/** One application as it stands. */
export interface ApplicationFacts {
  readonly application: Application;
  readonly revisions: readonly Revision[];
  /** Deployments of `revisions`. */
  readonly deployments: readonly RevisionDeployment[];
  readonly pools: readonly Pool[];
  readonly replicas: readonly Replica[];
  readonly effective: TrafficInForce | null;
  readonly status: ApplicationStatus | null;
  readonly rollout: RolloutStatus | null;
  readonly snapshot: ReconcileSnapshot;
}

/** How far the weights in force have travelled. */
export interface Confirmation {
  readonly isAcknowledged: boolean;
  /** Gateways that may serve by earlier weights; null = none. */
  readonly awaited: Awaited | null;
}

/** Null when the application is gone, or has no revision yet. */
export function loadFacts(
  part: Readonly<ApplicationPart> | undefined,
  confirmationOf: (application: Application, effective: TrafficInForce | null) => Confirmation,
): ApplicationFacts | null {
  if (part === undefined) return null;
  const { intent, traffic: effective, status, rollout } = part;
  const { application, split, pools } = intent;
  if (application.targetRevision === null) return null;
  const replicas = [...part.replicas.values()];
  const occupied = new Set(replicas.filter((replica) => replica.endedAtMs === null).map((replica) => replica.poolId));
  const numbers = new Set<number>([
    application.targetRevision,
    // A target that fails gives way to the revision its rollout began from, even when nothing of that one is left.
    ...(rollout !== null && rollout.fromRevision !== null && rollout.toRevision === application.targetRevision
      ? [rollout.fromRevision]
      : []),
    ...(split?.variants ?? []).flatMap((variant) => (variant.revision === null ? [] : [variant.revision])),
    ...(effective?.variants ?? []).map((variant) => variant.revision),
    ...intent.deployments.filter(({ poolId }) => occupied.has(poolId)).map(({ revision }) => revision),
  ]);
  const revisions = intent.revisions.filter((revision) => numbers.has(revision.number));
  const deployments = intent.deployments.filter((deployment) => numbers.has(deployment.revision));
  const rows = { application, split, revisions, deployments, pools, replicas, effective, status, rollout };
  const snapshot = snapshotOf({
    ...rows,
    target: application.targetRevision,
    poolStatuses: part.poolStatuses,
    autoscalers: part.autoscalers,
    confirmation: confirmationOf(application, effective),
  });
  return { application, revisions, deployments, pools, replicas, effective, status, rollout, snapshot };
}
