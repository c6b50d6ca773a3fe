import { measureNode } from "../src/placement/measure-node-use.ts";
import type { RoomHolder } from "../src/placement/measure-node-use.ts";
import type { PlacementNode } from "../src/placement/placement.ts";
import type { Action } from "../src/reconcile/action.ts";
import { RoomLedger } from "../src/placement/room-ledger.ts";
import { defaultReconcileSettings, planReconcile } from "../src/reconcile/plan-reconcile.ts";
import type { ReconcilePlan } from "../src/reconcile/plan-reconcile.ts";
import type {
  ApplicationFacts,
  ApplicationVerdict,
  PoolStatus,
  ReconcileSnapshot,
  ReplicaFacts,
  RevisionDeployment,
  RevisionFacts,
  RolloutFacts,
} from "../src/reconcile/snapshot.ts";
import { isEnded, nextReplicaStage } from "../src/replica/next-replica-stage.ts";
import type { ReplicaEvent } from "../src/replica/next-replica-stage.ts";
import type { EffectiveTraffic } from "../src/traffic/traffic.ts";
import { buildApplication } from "./build-snapshot.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type WorldReplica = Mutable<ReplicaFacts> & { deployment: string };

const STEPS: readonly ReplicaEvent[] = ["prepare", "start", "load", "becomeReady"];

/** A whole system in memory: applies plans as the controller does and moves replicas on as agents do. */
export class World {
  nowMs = 1_000_000;
  application: Mutable<ApplicationFacts> = buildApplication();
  revisions: RevisionFacts[] = [];
  nodes: Mutable<PlacementNode>[];
  replicas: WorldReplica[] = [];
  readonly statuses = new Map<string, { deployment: string; status: PoolStatus }>();
  effective: EffectiveTraffic | null = null;
  trafficChangedAtMs: number | null = null;
  gatewaysAwaitedUntilMs: number | null = null;
  isAcknowledged = true;
  /** What gateways still send by: the weights before, until they confirm the new ones. */
  gatewayVariants: EffectiveTraffic["variants"] = [];
  status: ApplicationVerdict | null = null;
  rollout: RolloutFacts | null = null;
  readonly autoscaleTargets = new Map<string, number>();
  isRemoved = false;
  settings = defaultReconcileSettings;
  readonly events: string[] = [];
  /** Pools whose replicas never get ready. */
  readonly broken = new Set<string>();
  /** Pools whose replicas load for ever from now on. */
  readonly hanging = new Set<string>();
  #nextId = 1;

  constructor(nodes: readonly PlacementNode[]) {
    this.nodes = nodes.map((node) => ({ ...node }));
  }

  put(deployments: readonly RevisionDeployment[], stage: RevisionFacts["stage"] = "described"): number {
    const revision = this.revisions.length + 1;
    this.revisions.push({
      revision,
      stage,
      stageMessage: stage === "describe_failed" ? "no such module" : "",
      deployments,
    });
    this.aim({ targetRevision: revision, split: null });
    return revision;
  }

  aim(intent: Partial<ApplicationFacts>): void {
    const generation = this.application.generation + 1;
    this.application = { ...this.application, ...intent, generation, updateGeneration: generation };
  }

  /** A number set by hand: a new generation of the same update. */
  scale(manualScale: ApplicationFacts["manualScale"]): void {
    this.application = { ...this.application, manualScale, generation: this.application.generation + 1 };
  }

  snapshot(): ReconcileSnapshot {
    const poolIds = new Map([
      ...[...this.statuses].map(([poolId, { deployment }]) => [poolId, deployment] as const),
      ...this.replicas.map(({ poolId, deployment }) => [poolId, deployment] as const),
    ]);
    const needed = (r: RevisionFacts): boolean =>
      r.revision === this.application.targetRevision ||
      (this.rollout?.toRevision === this.application.targetRevision && this.rollout.fromRevision === r.revision) ||
      (this.application.split ?? []).some(({ revision }) => revision === r.revision) ||
      (this.effective?.variants ?? []).some(({ revision }) => revision === r.revision) ||
      r.deployments.some((d) => this.replicas.some((rep) => rep.poolId === d.poolId && !isEnded(rep.stage)));
    return {
      application: { ...this.application },
      revisions: this.revisions.filter(needed),
      pools: [...poolIds].map(([poolId, deployment]) => ({
        poolId,
        deployment,
        status: this.statuses.get(poolId)?.status ?? null,
        autoscaleTarget: this.autoscaleTargets.get(poolId) ?? null,
        replicas: this.replicas.filter((replica) => replica.poolId === poolId).map((replica) => ({ ...replica })),
      })),
      effective: this.effective,
      trafficChangedAtMs: this.trafficChangedAtMs,
      trafficAcknowledged: this.isAcknowledged,
      gatewaysAwaitedUntilMs: this.gatewaysAwaitedUntilMs,
      status: this.status,
      rollout: this.rollout,
    };
  }

  measuredNodes(): PlacementNode[] {
    const holders = this.holders();
    return this.nodes.map((node) => measureNode(node, holders));
  }

  holders(): RoomHolder[] {
    return this.replicas
      .filter(({ stage }) => !isEnded(stage))
      .flatMap(({ poolId, members }) =>
        members.flatMap(({ nodeId, gpuUuids }, rank) => {
          const resources = this.deploymentOf(poolId).members[rank]?.resources;
          return resources === undefined ? [] : [{ nodeId, poolId, gpuUuids, resources }];
        }),
      );
  }

  rooms(): RoomLedger {
    const ledger = new RoomLedger();
    for (const node of this.nodes) ledger.setNode(node);
    for (const holder of this.holders()) ledger.take(holder);
    return ledger;
  }

  deploymentOf(poolId: string): RevisionDeployment {
    const found = this.revisions.flatMap(({ deployments }) => deployments).find((d) => d.poolId === poolId);
    if (found === undefined) throw new Error(`No deployment uses pool ${poolId}`);
    return found;
  }

  plan(): ReconcilePlan {
    const freshReplicaIds = Array.from({ length: 8 }, (_, i) => `r${this.#nextId + i}`);
    return planReconcile({
      snapshot: this.snapshot(),
      rooms: this.rooms(),
      nowMs: this.nowMs,
      freshReplicaIds,
      settings: this.settings,
      roomIsShort: false,
    });
  }

  /** One pass of the controller; answers the plan it applied. */
  reconcile(): ReconcilePlan {
    const plan = this.plan();
    for (const action of plan.actions) this.#apply(action);
    return plan;
  }

  /** Time passes, agents and gateways report. `chance` is uniform in [0, 1) and decides which replicas move. */
  advance(ms: number, chance: () => number): void {
    this.nowMs += ms;
    if (!this.isAcknowledged && chance() < 0.3) this.isAcknowledged = true;
    if (this.isAcknowledged) this.gatewayVariants = this.effective?.variants ?? [];
    for (const replica of this.replicas) {
      const node = this.nodes.find(({ nodeId }) => nodeId === replica.nodeId);
      if (node === undefined || node.state === "unreachable" || node.state === "gone" || chance() < 0.3) continue;
      if (replica.isReconfiguring) this.#reconfigure(replica);
      else if (replica.stage === "draining") this.#move(replica, "stop");
      else if (replica.stage === "loading" && this.hanging.has(replica.poolId)) continue;
      else if (replica.stage === "loading" && this.broken.has(replica.poolId)) this.fail(replica, "constructor threw");
      else if (!isEnded(replica.stage)) {
        const step = STEPS.find((event) => nextReplicaStage(replica.stage, event) !== replica.stage);
        if (step !== undefined) this.#move(replica, step);
      }
    }
  }

  /** The agent tells that the process took on its pool's configuration, or that it threw. */
  #reconfigure(replica: WorldReplica): void {
    replica.isReconfiguring = false;
    if (this.broken.has(replica.poolId)) this.fail(replica, "reconfigure threw");
  }

  fail(replica: WorldReplica, error: string): void {
    replica.lastError = error;
    this.#move(replica, "fail");
  }

  ready(poolId: string): WorldReplica[] {
    return this.replicas.filter((replica) => replica.poolId === poolId && replica.stage === "ready");
  }

  #move(replica: WorldReplica, event: ReplicaEvent): void {
    replica.stage = nextReplicaStage(replica.stage, event);
    replica.stageTimes = { ...replica.stageTimes, [replica.stage]: this.nowMs };
  }

  #find(replicaId: string): WorldReplica {
    const found = this.replicas.find((replica) => replica.replicaId === replicaId);
    if (found === undefined) throw new Error(`The plan names replica ${replicaId}, which does not exist`);
    return found;
  }

  #apply(action: Action): void {
    switch (action.kind) {
      case "createReplica": {
        const { replicaId, poolId, deployment, replaces } = action;
        this.#nextId += 1;
        this.replicas.push({
          replicaId,
          poolId,
          deployment,
          stage: "pending",
          stageTimes: { pending: this.nowMs },
          nodeId: null,
          message: "",
          isReconfiguring: false,
          members: [],
          lastError: null,
          failureCounted: false,
          replacedBy: null,
        });
        if (replaces !== null) this.#find(replaces).replacedBy = replicaId;
        return;
      }
      case "assignReplica": {
        const replica = this.#find(action.replicaId);
        replica.nodeId = action.members[0]?.nodeId ?? null;
        replica.members = action.members;
        replica.message = "";
        return this.#move(replica, "assign");
      }
      case "moveReplica": {
        const replica = this.#find(action.replicaId);
        replica.poolId = action.poolId;
        replica.isReconfiguring = true;
        return;
      }
      case "setRollout": {
        const { kind: _, ...rollout } = action;
        this.rollout = rollout;
        return;
      }
      case "refuseReplica":
        this.#find(action.replicaId).message = action.reason;
        return;
      case "drainReplica":
        return this.#move(this.#find(action.replicaId), "drain");
      case "failReplica": {
        const replica = this.#find(action.replicaId);
        replica.failureCounted = true;
        return this.fail(replica, action.reason);
      }
      case "noteFailure":
        this.#find(action.replicaId).failureCounted = true;
        return;
      case "forgetReplica":
        this.#find(action.replicaId);
        this.replicas = this.replicas.filter(({ replicaId }) => replicaId !== action.replicaId);
        return;
      case "setTraffic":
        this.effective = { variants: action.variants, source: action.source, reason: action.reason };
        this.trafficChangedAtMs = this.nowMs;
        this.isAcknowledged = false;
        return;
      case "setPoolStatus": {
        const { state, message, wantedReplicas, readyReplicas, failures, warmUntilMs, deployment } = action;
        const status = { state, message, wantedReplicas, readyReplicas, failures, warmUntilMs };
        this.statuses.set(action.poolId, { deployment, status });
        return;
      }
      case "removePool":
        this.statuses.delete(action.poolId);
        return;
      case "setStatus": {
        const { state, message, servingRevisions, observedGeneration } = action;
        this.status = { state, message, servingRevisions, observedGeneration };
        return;
      }
      case "failGeneration":
        this.application = { ...this.application, failedGeneration: action.generation, failedReason: action.reason };
        return;
      case "recordEvent":
        this.events.push(`${action.reason}: ${action.message}`);
        return;
      case "removeApplication":
        this.isRemoved = true;
        return;
      case "wakeAt":
        return;
      default:
        return action satisfies never;
    }
  }
}
