/**
 * One application at a time: read, publish what routers need, plan, write, and again until plan and state agree. The plan is the
 * only place that decides.
 */
import type { Backend } from "@sluice/contracts";
import {
  fenced,
  markTrafficInForce,
  notify,
  saveTrafficSlice,
  type Application,
  type TrafficInForce,
} from "@sluice/db";
import { planReconcile, type Action } from "@sluice/domain";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import { buildSlice, type SliceFacts } from "../routing/build-slice.ts";
import type { SliceTable } from "../routing/slice-table.ts";
import { applyPlan, StalePlanError } from "./apply-plan.ts";
import { loadFacts, type ApplicationFacts } from "./load-facts.ts";
import { loadPlacementNodes } from "./load-placement-nodes.ts";
import { freshReplicaId } from "./replica-ids.ts";

export interface ReconcilerOptions {
  readonly context: LeaderContext;
  readonly slices: SliceTable;
  readonly gateways: GatewaySessions;
  readonly agents: AgentSessions;
  readonly wakeIn: (applicationId: string, delayMs: number) => void;
}

/** Passes in one run; what is left is planned in the next run, after other applications had their turn. */
const maxPasses = 8;
/** Ids offered to one plan. */
const idsPerPlan = 64;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  /** Slice version that carries the weights in force, by application id. */
  readonly #weightVersions = new Map<string, { weights: string; epoch: number; version: number }>();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  async reconcile(applicationId: string): Promise<void> {
    const { context, wakeIn } = this.#options;
    for (let pass = 0; pass < maxPasses; pass += 1) {
      const facts = await loadFacts(context.database, applicationId, (application, effective) =>
        this.#isAcknowledged(application, effective),
      );
      if (facts === null) return;
      await this.#publish(facts);
      const nowMs = context.now();
      const { actions } = planReconcile({
        snapshot: facts.snapshot,
        nodes: await loadPlacementNodes(context.database),
        nowMs,
        freshReplicaIds: Array.from({ length: idsPerPlan }, freshReplicaId),
      });
      for (const action of actions)
        if (action.kind === "wakeAt") wakeIn(applicationId, Math.max(0, action.atMs - nowMs));
      const writes = actions.filter((action) => action.kind !== "wakeAt");
      if (writes.length === 0) return;
      if (!(await this.#apply(facts, writes, nowMs))) continue;
      context.logger.info({ application: facts.application.name, actions: summarise(writes) }, "reconciled");
      if (writes.some((action) => action.kind === "removeApplication")) return this.#withdraw(facts.application);
      await this.#sendAssignments(facts, writes);
    }
    wakeIn(applicationId, 0);
  }

  /** Notes that the weights in force have reached every gateway. */
  async noteConfirmation(applicationId: string): Promise<void> {
    const { context } = this.#options;
    await fenced(context.database, context.epoch, async (tx) => {
      await markTrafficInForce(tx, applicationId, context.now());
      await notify(tx, "sluice_status", { applicationId });
    });
  }

  async #apply(facts: ApplicationFacts, writes: readonly Action[], nowMs: number): Promise<boolean> {
    const { database, epoch } = this.#options.context;
    try {
      await applyPlan(facts, writes, { database, epoch, nowMs });
      return true;
    } catch (error) {
      if (error instanceof StalePlanError) return false;
      throw error;
    }
  }

  async #publish(facts: ApplicationFacts): Promise<void> {
    const { context, slices, gateways, agents } = this.#options;
    const { application, effective } = facts;
    const changed = slices.put(buildSlice(sliceFacts(facts)));
    if (changed !== null) {
      gateways.publish([changed], []);
      agents.publish([changed]);
    }
    const slice = slices.get(application.name);
    const weights = JSON.stringify(effective?.variants ?? []);
    if (slice === undefined || effective === null || this.#weightVersions.get(application.id)?.weights === weights) {
      if (effective !== null && effective.inForceAtMs === null && this.#isAcknowledged(application, effective)) {
        await this.noteConfirmation(application.id);
      }
      return;
    }
    const { epoch, version } = slice;
    this.#weightVersions.set(application.id, { weights, epoch, version });
    await fenced(context.database, context.epoch, (tx) => saveTrafficSlice(tx, application.id, { epoch, version }));
  }

  #isAcknowledged(application: Application, effective: TrafficInForce | null): boolean {
    const carried = this.#weightVersions.get(application.id);
    if (carried === undefined || carried.weights !== JSON.stringify(effective?.variants ?? [])) return false;
    return this.#options.gateways.isInForce(application.name, carried);
  }

  #withdraw(application: Application): void {
    const { slices, gateways } = this.#options;
    this.#weightVersions.delete(application.id);
    if (slices.remove(application.name)) gateways.publish([], [application.name]);
  }

  /** Tells the nodes whose set of assignments this plan changed. */
  async #sendAssignments(facts: ApplicationFacts, writes: readonly Action[]): Promise<void> {
    const nodeIds = new Set<string>();
    for (const action of writes) {
      if (action.kind === "assignReplica") nodeIds.add(action.nodeId);
      if (action.kind === "drainReplica" || action.kind === "failReplica" || action.kind === "forgetReplica") {
        const nodeId = facts.replicas.find((replica) => replica.id === action.replicaId)?.nodeId;
        if (nodeId != null) nodeIds.add(nodeId);
      }
    }
    await Promise.all([...nodeIds].map((nodeId) => this.#options.agents.sendAssignments(nodeId)));
  }
}

function sliceFacts(facts: ApplicationFacts): SliceFacts {
  const { application, deployments, effective, replicas, revisions, status } = facts;
  const newestOf = new Map(deployments.map((deployment) => [deployment.poolId, deployment]));
  return {
    application: application.name,
    applicationId: application.id,
    routePrefix: application.routePrefix,
    variants: (effective?.variants ?? []).filter((variant) => variant.weight > 0),
    revisions: revisions.map((revision) => {
      const own = deployments.filter((deployment) => deployment.revision === revision.number);
      return {
        number: revision.number,
        ingress: own.find((deployment) => deployment.ingress)?.deployment ?? "",
        pools: Object.fromEntries(own.map((deployment) => [deployment.deployment, deployment.poolId])),
      };
    }),
    pools: [...newestOf.values()].map((deployment) => ({
      poolId: deployment.poolId,
      deployment: deployment.deployment,
      maxOngoingRequests: deployment.resolved.max_ongoing_requests,
      maxQueuedRequests: deployment.resolved.max_queued_requests,
    })),
    backends: replicas.flatMap((replica) =>
      replica.stage === "ready" && replica.address !== null && replica.nodeId !== null
        ? [
            {
              poolId: replica.poolId,
              backend: {
                kind: "wire",
                replicaId: replica.id,
                nodeId: replica.nodeId,
                address: replica.address,
              } satisfies Backend,
            },
          ]
        : [],
    ),
    message: status?.message ?? "It is being deployed.",
  };
}

function summarise(actions: readonly Action[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action.kind] = (counts[action.kind] ?? 0) + 1;
  return counts;
}
