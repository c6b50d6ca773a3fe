/**
 * One application at a time: publish what routers need, plan, write, and again until plan and state agree. The plan is the
 * only place that decides; it is made from the leader's memory.
 */
import { StaleRowsError, type StatusBatch } from "@sluice/db";
import { holdUnhealthy, newToLeader, planReconcile, type Action, type LeaderMemory } from "@sluice/domain";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import { Exclusive } from "../order/exclusive.ts";
import type { SlicePublisher } from "../routing/slice-publisher.ts";
import { loadFacts, type ApplicationFacts } from "./load-facts.ts";
import { planBatch } from "./plan-batch.ts";
import { freshReplicaId } from "./replica-ids.ts";

export interface ReconcilerOptions {
  readonly context: LeaderParts;
  readonly publisher: SlicePublisher;
  readonly agents: Pick<AgentSessions, "sendAssignments">;
  readonly wakeIn: (applicationId: string, delayMs: number) => void;
  /** Unused ids; a repeatable run brings its own. */
  readonly replicaId?: () => string;
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
  /** Applications whose replicas wait for room: others keep nothing warm meanwhile. */
  readonly #lackingRoom = new Set<string>();
  #freshIds: string[] = [];

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#leaderSinceMs = options.context.now();
  }

  /** Applications whose replicas wait for room, by the last plan of each. */
  get waitingForRoom(): ReadonlySet<string> {
    return this.#lackingRoom;
  }

  /** Answers how many changes it made. */
  async reconcile(applicationId: string): Promise<number> {
    const { context, publisher, agents, wakeIn } = this.#options;
    let changes = 0;
    /** Nodes to tell once gateways were told: nothing is sent to a replica that is asked to go. */
    let nodeIds = new Set<string>();
    for (let pass = 0; pass < maxPasses; pass += 1) {
      await context.writer.settle(applicationId);
      const facts = this.#facts(applicationId);
      if (facts === null) {
        publisher.withdraw(applicationId);
        this.#memories.delete(applicationId);
        this.#lackingRoom.delete(applicationId);
      } else publisher.publish(facts);
      agents.sendAssignments(nodeIds);
      if (facts === null) return changes;
      const writes = await this.#advance(facts);
      if (writes === "stale") continue;
      if (writes.actions.length === 0) return changes;
      changes += writes.actions.length;
      nodeIds = writes.nodeIds;
      context.logger.info({ application: facts.application.name, actions: summarise(writes.actions) }, "reconciled");
    }
    agents.sendAssignments(nodeIds);
    wakeIn(applicationId, 0);
    return changes;
  }

  #facts(applicationId: string): ApplicationFacts | null {
    const { context, publisher } = this.#options;
    return loadFacts(context.state.application(applicationId), (application, effective) => ({
      isAcknowledged: publisher.isAcknowledged(application, effective),
      awaited: publisher.awaited(application, effective),
    }));
  }

  /** Plans and writes once. */
  async #advance(facts: ApplicationFacts): Promise<Written | "stale"> {
    const applicationId = facts.application.id;
    const first = this.#plan(facts);
    if (first.actions.length === 0) {
      this.#memories.set(applicationId, first.memory);
      return nothingWritten;
    }
    if (!isPlacing(first)) {
      const writes = await this.#write(applicationId, false);
      if (writes !== "places") return writes;
    }
    return await this.#place(applicationId);
  }

  /** What the writes before took of the room is known when this begins, also where their answer was lost. */
  #place(applicationId: string): Promise<Written | "stale"> {
    return this.#placing.run(async () => {
      await this.#options.context.writer.settleUncertain();
      return await this.#write(applicationId, true);
    });
  }

  #plan(facts: ApplicationFacts): Plan {
    const { context, wakeIn } = this.#options;
    const nowMs = context.now();
    const { snapshot } = facts;
    const plan = planReconcile({
      snapshot,
      rooms: context.state.rooms(),
      nowMs,
      freshReplicaIds: this.#offerIds(),
      settings: context.rollouts,
      roomIsShort: [...this.#lackingRoom].some((id) => id !== facts.application.id),
    });
    this.#noteRoom(facts.application.id, plan.lacksRoom);
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

  /**
   * The plan is made anew at the application's turn, from what was written until then. One that places then, while another
   * may be giving away the same room, is not written: compare-and-set guards rows, not room.
   */
  async #write(applicationId: string, mayPlace: true): Promise<Written | "stale">;
  async #write(applicationId: string, mayPlace: false): Promise<Written | "stale" | "places">;
  async #write(applicationId: string, mayPlace: boolean): Promise<Written | "stale" | "places"> {
    const { writer, state, now } = this.#options.context;
    const addressOf = (nodeId: string): string => state.node(nodeId)?.facts.dataAddress ?? "local";
    let plan: Plan = { actions: [], memory: newToLeader };
    let isKept = false;
    try {
      const batch = await writer.run({ applicationIds: [applicationId] }, () => {
        const facts = this.#facts(applicationId);
        if (facts === null) return null;
        plan = this.#plan(facts);
        isKept = !mayPlace && isPlacing(plan);
        if (isKept || plan.actions.length === 0) return null;
        const planned = planBatch(facts, plan.actions, now(), addressOf);
        this.#takeIds(planned);
        return planned;
      });
      if (isKept) return "places";
      this.#memories.set(applicationId, plan.memory);
      if (batch === null) return nothingWritten;
      return { actions: plan.actions, nodeIds: nodesOf(batch) };
    } catch (error) {
      if (error instanceof StaleRowsError) return "stale";
      throw error;
    }
  }

  /** Whoever keeps replicas warm is to give them up, or may keep them again. */
  #noteRoom(applicationId: string, lacksRoom: boolean): void {
    if (lacksRoom === this.#lackingRoom.has(applicationId)) return;
    if (lacksRoom) this.#lackingRoom.add(applicationId);
    else this.#lackingRoom.delete(applicationId);
    if (!lacksRoom) return;
    for (const [id, part] of this.#options.context.state.applications()) {
      const isWarm = [...part.poolStatuses.values()].some(({ warmUntilMs }) => warmUntilMs !== null);
      if (isWarm && id !== applicationId) this.#options.wakeIn(id, 0);
    }
  }

  /** Ids that no plan has used yet: most plans use none, and making them costs more than the plan. */
  #offerIds(): readonly string[] {
    const make = this.#options.replicaId ?? freshReplicaId;
    while (this.#freshIds.length < idsPerPlan) this.#freshIds.push(make());
    return this.#freshIds;
  }

  /** Before anybody else plans; those of a plan that is not written are lost. */
  #takeIds({ createdReplicas }: StatusBatch): void {
    const used = new Set(createdReplicas.map(({ id }) => id));
    if (used.size > 0) this.#freshIds = this.#freshIds.filter((id) => !used.has(id));
  }
}

interface Written {
  readonly actions: readonly Action[];
  /** Nodes whose set of assignments changed. */
  readonly nodeIds: Set<string>;
}

function isPlacing({ actions }: Plan): boolean {
  return actions.some((action) => action.kind === "assignReplica");
}

const nothingWritten: Written = { actions: [], nodeIds: new Set() };

function nodesOf({ createdReplicas, changedReplicas, deletedReplicas }: StatusBatch): Set<string> {
  const replicas = [...createdReplicas, ...changedReplicas.map(({ after }) => after), ...deletedReplicas];
  return new Set(replicas.flatMap(({ members }) => members.map((member) => member.nodeId)));
}

function summarise(actions: readonly Action[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action.kind] = (counts[action.kind] ?? 0) + 1;
  return counts;
}
