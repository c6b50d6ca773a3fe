/**
 * One application at a time: read, publish what routers need, plan, write, and again until plan and state agree. The plan is the
 * only place that decides.
 */
import { holdUnhealthy, newToLeader, planReconcile, type Action, type LeaderMemory } from "@sluice/domain";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import { Exclusive } from "../order/exclusive.ts";
import type { SlicePublisher } from "../routing/slice-publisher.ts";
import { applyPlan } from "./apply-plan.ts";
import { loadFacts, type ApplicationFacts } from "./load-facts.ts";
import { loadPlacementNodes } from "./load-placement-nodes.ts";
import { freshReplicaId } from "./replica-ids.ts";
import { StalePlanError } from "./stale-plan-error.ts";

export interface ReconcilerOptions {
  readonly context: LeaderContext;
  readonly publisher: SlicePublisher;
  readonly agents: AgentSessions;
  readonly wakeIn: (applicationId: string, delayMs: number) => void;
}

interface Plan {
  readonly actions: readonly Action[];
  readonly memory: LeaderMemory;
}

/** Passes in one run; what is left is planned in the next run, after other applications had their turn. */
const maxPasses = 8;
/** Ids offered to one plan. */
const idsPerPlan = 64;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #leaderSinceMs: number;
  /** By application id; changes only with what was written. */
  readonly #memories = new Map<string, LeaderMemory>();
  /** Plans that place replicas are made and written one after the other, each with the room that those before left. */
  readonly #placing = new Exclusive();

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#leaderSinceMs = options.context.now();
  }

  /** Answers how many changes it made. */
  async reconcile(applicationId: string): Promise<number> {
    const { context, publisher, agents, wakeIn } = this.#options;
    let changes = 0;
    /** Nodes to tell once gateways were told: nothing is sent to a replica that is asked to go. */
    let nodeIds = new Set<string>();
    for (let pass = 0; pass < maxPasses; pass += 1) {
      const facts = await loadFacts(context.database, applicationId, (application, effective) =>
        publisher.isAcknowledged(application, effective),
      );
      if (facts === null) {
        publisher.withdraw(applicationId);
        this.#memories.delete(applicationId);
      } else await publisher.publish(facts);
      await agents.sendAssignments(nodeIds);
      if (facts === null) return changes;
      const writes = await this.#advance(facts);
      if (writes === "stale") continue;
      if (writes.length === 0) return changes;
      changes += writes.length;
      nodeIds = nodesOf(facts, writes);
      context.logger.info({ application: facts.application.name, actions: summarise(writes) }, "reconciled");
    }
    await agents.sendAssignments(nodeIds);
    wakeIn(applicationId, 0);
    return changes;
  }

  /** Plans and writes once. */
  async #advance(facts: ApplicationFacts): Promise<readonly Action[] | "stale"> {
    const first = await this.#plan(facts);
    if (!first.actions.some((action) => action.kind === "assignReplica")) return this.#write(facts, first);
    return this.#placing.run(async () => this.#write(facts, await this.#plan(facts)));
  }

  async #plan(facts: ApplicationFacts): Promise<Plan> {
    const { context, wakeIn } = this.#options;
    const nodes = await loadPlacementNodes(context.database);
    const nowMs = context.now();
    const freshReplicaIds = Array.from({ length: idsPerPlan }, freshReplicaId);
    const { snapshot } = facts;
    const plan = planReconcile({ snapshot, nodes, nowMs, freshReplicaIds });
    const { actions, memory } = holdUnhealthy({
      snapshot,
      plan,
      memory: this.#memories.get(facts.application.id) ?? newToLeader,
      nowMs,
      leaderSinceMs: this.#leaderSinceMs,
    });
    for (const action of actions) {
      if (action.kind === "wakeAt") wakeIn(facts.application.id, Math.max(0, action.atMs - nowMs));
    }
    return { actions: actions.filter((action) => action.kind !== "wakeAt"), memory };
  }

  async #write(facts: ApplicationFacts, { actions: writes, memory }: Plan): Promise<readonly Action[] | "stale"> {
    const { database, epoch, now } = this.#options.context;
    try {
      if (writes.length > 0) await applyPlan(facts, writes, { database, epoch, nowMs: now() });
      this.#memories.set(facts.application.id, memory);
      return writes;
    } catch (error) {
      if (error instanceof StalePlanError) return "stale";
      throw error;
    }
  }
}

/** Nodes whose set of assignments this plan changed. */
function nodesOf(facts: ApplicationFacts, writes: readonly Action[]): Set<string> {
  const nodeIds = new Set<string>();
  for (const action of writes) {
    if (action.kind === "assignReplica") nodeIds.add(action.nodeId);
    if (action.kind === "drainReplica" || action.kind === "failReplica" || action.kind === "forgetReplica") {
      const nodeId = facts.replicas.find((replica) => replica.id === action.replicaId)?.nodeId ?? null;
      if (nodeId !== null) nodeIds.add(nodeId);
    }
  }
  return nodeIds;
}

function summarise(actions: readonly Action[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action.kind] = (counts[action.kind] ?? 0) + 1;
  return counts;
}
