/**
 * From a plan to the rows it changes, all in one batch. It decides nothing: each action was decided, with its reason, by the
 * pure plan. The batch holds only at the generation and the row versions that the plan was made from.
 */
import {
  emptyBatch,
  type ApplicationStatus,
  type NewEvent,
  type PoolStatus,
  type Replica,
  type StatusBatch,
  type TrafficInForce,
} from "@sluice/db";
import type { Action, RolloutFacts } from "@sluice/domain";
import { membersInPool, membersOfGrant, type AddressOf } from "./assign-members.ts";
import type { ApplicationFacts } from "./load-facts.ts";
import { ReplicaDrafts } from "./replica-drafts.ts";

type Of<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

/** Rows besides replicas, while the actions are gone through. */
interface Draft {
  readonly facts: ApplicationFacts;
  readonly nowMs: number;
  readonly addressOf: AddressOf;
  readonly replicas: ReplicaDrafts;
  readonly poolStatuses: (PoolStatus & { readonly applicationId: string })[];
  readonly removedPools: { readonly applicationId: string; readonly poolId: string }[];
  readonly events: NewEvent[];
  traffic: TrafficInForce | null;
  rollout: RolloutFacts | null;
  isRemoved: boolean;
}

export function planBatch(
  facts: ApplicationFacts,
  actions: readonly Action[],
  nowMs: number,
  addressOf: AddressOf,
): StatusBatch {
  const { id: applicationId, projectId, generation } = facts.application;
  const draft: Draft = {
    facts,
    nowMs,
    addressOf,
    replicas: new ReplicaDrafts(facts.replicas, nowMs),
    poolStatuses: [],
    removedPools: [],
    events: [],
    traffic: null,
    rollout: null,
    isRemoved: false,
  };
  for (const action of actions) fold(draft, action);
  const { replicas, poolStatuses, removedPools, events, traffic, rollout } = draft;
  const status = draft.isRemoved ? null : statusAfter(facts, actions, nowMs);
  return {
    ...emptyBatch,
    atGenerations: [{ applicationId, generation }],
    createdReplicas: replicas.created,
    changedReplicas: replicas.changed,
    deletedReplicas: replicas.deleted,
    poolStatuses,
    deletedPoolStatuses: removedPools,
    traffic: traffic === null ? [] : [{ ...traffic, projectId }],
    statuses: status === null ? [] : [status],
    rollouts: rollout === null ? [] : [{ ...rollout, applicationId, projectId }],
    events,
    deletedApplications: draft.isRemoved ? [applicationId] : [],
    notices: [applicationId],
  };
}

function fold(draft: Draft, action: Action): void {
  const { facts, replicas } = draft;
  const applicationId = facts.application.id;
  switch (action.kind) {
    case "createReplica":
      return create(draft, action);
    case "assignReplica":
      return replicas.move(action.replicaId, "assign", {
        message: action.reason,
        refusals: null,
        members: membersOfGrant(facts, replicas.get(action.replicaId), action, draft.addressOf),
      });
    case "moveReplica": {
      const { replicaId, poolId, revision, reason } = action;
      const moved = { ...replicas.get(replicaId), poolId, revision };
      return replicas.change(replicaId, {
        poolId,
        revision,
        message: reason,
        members: membersInPool(facts, moved),
      });
    }
    case "refuseReplica":
      return replicas.change(action.replicaId, { message: action.reason, refusals: action.perNode });
    case "drainReplica":
      return replicas.move(action.replicaId, "drain", { desired: "drain", message: action.reason });
    case "failReplica":
      return replicas.move(action.replicaId, "fail", { failureCounted: true, message: action.reason });
    case "noteFailure":
      return replicas.change(action.replicaId, { failureCounted: true });
    case "forgetReplica":
      return replicas.delete(action.replicaId);
    case "setTraffic":
      draft.traffic = trafficAfter(draft, action);
      return;
    case "setPoolStatus": {
      const { kind: _kind, deployment: _deployment, ...status } = action;
      draft.poolStatuses.push({ ...status, applicationId });
      return;
    }
    case "removePool":
      draft.removedPools.push({ applicationId, poolId: action.poolId });
      return;
    case "recordEvent":
      draft.events.push(eventOf(draft, action));
      return;
    case "removeApplication":
      draft.isRemoved = true;
      return;
    case "setRollout": {
      const { kind: _kind, ...rollout } = action;
      draft.rollout = rollout;
      return;
    }
    case "setStatus":
    case "failGeneration":
    case "wakeAt":
      return;
    default:
      return action satisfies never;
  }
}

function create({ facts, nowMs, replicas }: Draft, action: Of<"createReplica">): void {
  const { application, pools } = facts;
  const created: Replica = {
    id: action.replicaId,
    projectId: application.projectId,
    applicationId: application.id,
    poolId: action.poolId,
    deployment: action.deployment,
    version: pools.find((pool) => pool.id === action.poolId)?.version ?? "",
    revision: action.revision,
    desired: "run",
    stage: "pending",
    stageTimes: { pending: nowMs },
    message: action.reason,
    refusals: null,
    configVersion: null,
    address: null,
    pid: null,
    exit: null,
    ongoing: 0,
    rssBytes: null,
    replacesId: action.replaces,
    replacedById: null,
    failureCounted: false,
    members: [],
    nodeId: null,
    rowVersion: 0,
    createdAtMs: nowMs,
    endedAtMs: null,
  };
  replicas.create(created);
  if (action.replaces !== null) replicas.change(action.replaces, { replacedById: created.id });
}

/** Changed weights are not in force yet; equal ones only have another source or reason. */
function trafficAfter({ facts, nowMs }: Draft, action: Of<"setTraffic">): TrafficInForce {
  const { effective, application } = facts;
  const variants = action.variants.map(({ variant, revision, weight }) => ({ variant, revision, weight }));
  const before = effective?.variants.map(({ variant, revision, weight }) => ({ variant, revision, weight }));
  const isSame = effective !== null && JSON.stringify(variants) === JSON.stringify(before);
  return {
    applicationId: application.id,
    splitNode: "",
    variants,
    source: action.source,
    reason: action.reason,
    sliceEpoch: effective?.sliceEpoch ?? 0,
    sliceVersion: effective?.sliceVersion ?? 0,
    changedAtMs: isSame ? effective.changedAtMs : nowMs,
    inForceAtMs: isSame ? effective.inForceAtMs : null,
  };
}

/** Status and failed generation are one row; null = it stays as it is. */
function statusAfter(
  { application, status }: ApplicationFacts,
  actions: readonly Action[],
  nowMs: number,
): ApplicationStatus | null {
  const failed = actions.find((action) => action.kind === "failGeneration");
  const verdict = actions.find((action) => action.kind === "setStatus") ?? status;
  if (verdict === null || (failed === undefined && verdict === status)) return null;
  return {
    applicationId: application.id,
    projectId: application.projectId,
    state: verdict.state,
    message: verdict.message,
    observedGeneration: verdict.observedGeneration,
    failedGeneration: failed?.generation ?? status?.failedGeneration ?? null,
    failedReason: failed?.reason ?? status?.failedReason ?? null,
    servingRevisions: verdict.servingRevisions,
    updatedAtMs: nowMs,
  };
}

function eventOf({ facts, nowMs, replicas }: Draft, action: Of<"recordEvent">): NewEvent {
  const { application } = facts;
  const { reason, severity, message, numbers, deployment, replicaId } = action;
  const known = [...facts.replicas, ...replicas.created].find((replica) => replica.id === replicaId);
  return {
    projectId: application.projectId,
    applicationId: application.id,
    application: application.name,
    revision: application.targetRevision,
    atMs: nowMs,
    reason,
    severity,
    message,
    numbers,
    deployment,
    replicaId,
    nodeId: known?.nodeId ?? null,
  };
}
