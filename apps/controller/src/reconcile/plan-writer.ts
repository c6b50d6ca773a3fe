/** One plan's writes in one transaction. It decides nothing; each write builds on the row version of the one before. */
import {
  appendEvents,
  createReplica,
  deleteApplication,
  deletePoolStatus,
  deleteReplica,
  savePoolStatus,
  setEffectiveTraffic,
  updateReplica,
  type Replica,
  type ReplicaChange,
  type Tx,
} from "@sluice/db";
import { isEnded, nextReplicaStage, type Action, type ReplicaEvent } from "@sluice/domain";
import { buildAssignment } from "./build-assignment.ts";
import type { ApplicationFacts } from "./load-facts.ts";
import { StalePlanError } from "./stale-plan-error.ts";

type Of<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

export class PlanWriter {
  readonly #tx: Tx;
  readonly #facts: ApplicationFacts;
  readonly #nowMs: number;
  /** Replicas as last read or written: each write builds on the row version of the one before. */
  readonly #replicas: Map<string, Replica>;

  constructor(tx: Tx, facts: ApplicationFacts, nowMs: number) {
    this.#tx = tx;
    this.#facts = facts;
    this.#nowMs = nowMs;
    this.#replicas = new Map(facts.replicas.map((replica) => [replica.id, replica]));
  }

  async write(action: Action): Promise<void> {
    const { application } = this.#facts;
    switch (action.kind) {
      case "createReplica":
        return this.#create(action);
      case "assignReplica":
        return this.#assign(action);
      case "refuseReplica":
        return this.#change(action.replicaId, { message: action.reason });
      case "drainReplica":
        return this.#move(action.replicaId, "drain", { desired: "drain", message: action.reason });
      case "failReplica":
        return this.#move(action.replicaId, "fail", { failureCounted: true, message: action.reason });
      case "noteFailure":
        return this.#change(action.replicaId, { failureCounted: true });
      case "forgetReplica":
        return deleteReplica(this.#tx, action.replicaId);
      case "setTraffic": {
        const { variants, source, reason } = action;
        const owner = { projectId: application.projectId, applicationId: application.id };
        await setEffectiveTraffic(this.#tx, { ...owner, variants, source, reason });
        return;
      }
      case "setPoolStatus": {
        const { poolId, state, message, wantedReplicas, readyReplicas, failures, warmUntilMs } = action;
        return savePoolStatus(this.#tx, {
          poolId,
          state,
          message,
          wantedReplicas,
          readyReplicas,
          failures,
          warmUntilMs,
        });
      }
      case "removePool":
        return deletePoolStatus(this.#tx, action.poolId);
      case "recordEvent":
        return this.#record(action);
      case "removeApplication":
        return deleteApplication(this.#tx, application.id);
      case "setStatus":
      case "failGeneration":
      case "wakeAt":
        return;
      default:
        return action satisfies never;
    }
  }

  async #create(action: Of<"createReplica">): Promise<void> {
    const { application, pools } = this.#facts;
    const created = await createReplica(this.#tx, {
      id: action.replicaId,
      projectId: application.projectId,
      applicationId: application.id,
      poolId: action.poolId,
      deployment: action.deployment,
      version: pools.find((pool) => pool.id === action.poolId)?.version ?? "",
      revision: action.revision,
      stage: "pending",
      stageTimes: { pending: this.#nowMs },
      message: action.reason,
      replacesId: action.replaces,
    });
    this.#replicas.set(created.id, created);
    if (action.replaces !== null) await this.#change(action.replaces, { replacedById: created.id });
  }

  async #assign(action: Of<"assignReplica">): Promise<void> {
    const { application, deployments, revisions } = this.#facts;
    const replica = this.#get(action.replicaId);
    const revision = revisions.find((each) => each.number === replica.revision);
    const deployment = deployments.find((each) => each.revision === replica.revision && each.poolId === replica.poolId);
    if (revision === undefined || deployment === undefined) {
      throw new StalePlanError(`revision ${String(replica.revision)} of replica ${replica.id} is gone`);
    }
    const assignment = buildAssignment({
      replicaId: replica.id,
      application: application.name,
      applicationId: application.id,
      poolId: replica.poolId,
      version: replica.version,
      revision: replica.revision,
      spec: revision.spec,
      resolved: deployment.resolved,
      gpuUuids: action.gpuUuids,
    });
    const gpus = deployment.resolved.ray_actor_options.num_gpus;
    await this.#move(action.replicaId, "assign", {
      message: action.reason,
      members: [{ rank: 0, nodeId: action.nodeId, gpus, assignment }],
    });
  }

  async #record(action: Of<"recordEvent">): Promise<void> {
    const { application } = this.#facts;
    const { reason, severity, message, numbers, deployment, replicaId } = action;
    const nodeId = replicaId === null ? null : (this.#replicas.get(replicaId)?.nodeId ?? null);
    await appendEvents(this.#tx, [
      {
        projectId: application.projectId,
        applicationId: application.id,
        application: application.name,
        revision: application.targetRevision,
        atMs: this.#nowMs,
        reason,
        severity,
        message,
        numbers,
        deployment,
        replicaId,
        nodeId,
      },
    ]);
  }

  /** Moves a replica through the state machine; an ended one keeps the time of its end. */
  async #move(replicaId: string, event: ReplicaEvent, change: ReplicaChange): Promise<void> {
    const replica = this.#get(replicaId);
    const stage = nextReplicaStage(replica.stage, event);
    await this.#change(replicaId, {
      ...change,
      stage,
      stageTimes: { [stage]: this.#nowMs, ...replica.stageTimes },
      ...(isEnded(stage) && replica.endedAtMs === null ? { endedAtMs: this.#nowMs } : {}),
    });
  }

  async #change(replicaId: string, change: ReplicaChange): Promise<void> {
    const updated = await updateReplica(this.#tx, this.#get(replicaId), change);
    if (updated === null) throw new StalePlanError(`replica ${replicaId} changed since the plan was made`);
    this.#replicas.set(replicaId, updated);
  }

  #get(replicaId: string): Replica {
    const replica = this.#replicas.get(replicaId);
    if (replica === undefined) throw new StalePlanError(`replica ${replicaId} is gone`);
    return replica;
  }
}
