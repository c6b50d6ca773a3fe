/**
 * Sends agents the full set of their assignments, from memory, which holds exactly what is committed. A set is made and sent
 * in one step, so no older one can follow a newer.
 */
import type { ControllerToAgent, RoutingSlice } from "@sluice/contracts";
import type { Link } from "../http/link-server.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import type { AgentSession } from "./agent-session.ts";

export interface AssignmentSenderOptions {
  readonly context: Pick<LeaderParts, "epoch" | "state" | "reader">;
  readonly session: (nodeId: string) => AgentSession | undefined;
  /** Slices of these applications (ids). */
  readonly slicesOf: (applicationIds: ReadonlySet<string>) => RoutingSlice[];
}

export class AssignmentSender {
  readonly #options: AssignmentSenderOptions;
  /** Orders the sets of an epoch at the agent, also those of different sessions. */
  #version = 0;

  constructor(options: AssignmentSenderOptions) {
    this.#options = options;
  }

  /** Sends the empty set to an agent without a session. */
  dismiss(link: Link<ControllerToAgent>): void {
    this.#version += 1;
    const { epoch } = this.#options.context;
    link.send({ type: "assignments", epoch, version: this.#version, assignments: [] });
  }

  /** Sends the set of a node unless its agent has it. What a node may host is told only when all of it is known. */
  send(nodeId: string): void {
    const { context, slicesOf } = this.#options;
    const { state, reader, epoch } = context;
    const session = this.#options.session(nodeId);
    if (session === undefined || !session.isRecorded || !reader.knowsNode(nodeId)) return;
    const hosting = state.hostingVersion(nodeId);
    if (session.sentHosting === hosting) return;
    session.sentHosting = hosting;
    const replicas = state.replicasOn(nodeId).sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
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
    session.link.send({ type: "assignments", epoch, version: this.#version, assignments });
    const slices = slicesOf(new Set([...session.hosted].filter((applicationId) => !before.has(applicationId))));
    if (slices.length > 0) session.link.send({ type: "slices", epoch, slices });
  }
}
