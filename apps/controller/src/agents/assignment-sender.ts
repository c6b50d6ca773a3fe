/**
 * Sends agents their assignments. A set is read and sent in one step per node, one after the other: two that overlap could
 * send the older set last, and the agent would stop what is missing in it.
 */
import type { RoutingSlice } from "@sluice/contracts";
import { listReplicas } from "@sluice/db";
import type { LeaderContext } from "../leader/leader-context.ts";
import { OrderedWork } from "../order/ordered-work.ts";
import type { AgentSession } from "./agent-session.ts";

export interface AssignmentSenderOptions {
  readonly context: LeaderContext;
  readonly session: (nodeId: string) => AgentSession | undefined;
  /** Slices of these applications (ids). */
  readonly slicesOf: (applicationIds: ReadonlySet<string>) => RoutingSlice[];
}

export class AssignmentSender {
  readonly #options: AssignmentSenderOptions;
  readonly #order: OrderedWork;
  /** Sends that have not read yet: they will see what is committed now. */
  readonly #waiting = new Map<string, Promise<unknown>>();
  /** Orders the sets of an epoch at the agent, also those of different sessions. */
  #version = 0;

  constructor(options: AssignmentSenderOptions) {
    this.#options = options;
    this.#order = new OrderedWork((nodeId, error) => {
      options.context.logger.warn({ err: error, nodeId }, "assignments were not sent; the next resync sends them");
    });
  }

  /** Sends the full set of a node, as it is committed now, unless the agent has it. Never rejects. */
  async send(nodeId: string): Promise<void> {
    let sending = this.#waiting.get(nodeId);
    if (sending === undefined) {
      sending = this.#order.run(nodeId, async () => {
        this.#waiting.delete(nodeId);
        await this.#sendNow(nodeId);
      });
      this.#waiting.set(nodeId, sending);
    }
    await sending;
  }

  async stop(): Promise<void> {
    await this.#order.stop();
  }

  async #sendNow(nodeId: string): Promise<void> {
    const { context, slicesOf } = this.#options;
    if (this.#options.session(nodeId) === undefined) return;
    const replicas = await listReplicas(context.database, { nodeId, live: true });
    const session = this.#options.session(nodeId);
    if (session === undefined) return;
    const assignments = replicas.flatMap((replica) =>
      replica.members
        .filter((member) => member.nodeId === nodeId)
        .map((member) => ({ ...member.assignment, desired: replica.desired })),
    );
    const text = JSON.stringify(assignments);
    if (text === session.sentAssignments) return;
    const before = session.hosted;
    session.sentAssignments = text;
    session.hosted = new Set(assignments.map((assignment) => assignment.applicationId));
    this.#version += 1;
    const { epoch } = context;
    session.link.send({ type: "assignments", epoch, version: this.#version, assignments });
    const slices = slicesOf(new Set([...session.hosted].filter((applicationId) => !before.has(applicationId))));
    if (slices.length > 0) session.link.send({ type: "slices", epoch, slices });
  }
}
