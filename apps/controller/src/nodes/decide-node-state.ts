import type { Node, NodeIntent } from "@sluice/db";
import type { NodeState, NodeVerdict } from "@sluice/domain";

export interface DecidedState {
  readonly state: NodeState;
  readonly message: string;
}

export interface NodeHindrances {
  readonly reach?: string | null;
  readonly drainWaits?: string | null;
}

/** Said of a node that was emptied as asked; its arrival is an event. */
export const drainedMessage = "Drained: no replicas are left. It can be stopped and removed, or uncordoned.";

/**
 * The state of a node from its heartbeats and from what people want of it. A node that cannot be reached is that before anything
 * else; what people want shows again when it is back. While nothing is decided about its heartbeats, a node that was last
 * reached counts as reached.
 */
export function decideNodeState(
  node: Pick<Node, "state" | "message">,
  verdict: Pick<NodeVerdict, "state" | "reason">,
  intent: NodeIntent | undefined,
  replicasLeft: number,
  { reach = null, drainWaits = null }: NodeHindrances = {},
): DecidedState {
  if (intent !== undefined && intent.removedAtMs !== null) {
    return { state: "gone", message: `Removed by ${intent.updatedBy}.` };
  }
  if (verdict.state === "unreachable") return { state: "unreachable", message: verdict.reason };
  if (verdict.state === "undecided" && node.state === "unreachable") return node;
  return decideReachable(intent, replicasLeft, { reach, drainWaits });
}

/**
 * Of a node whose agent is there. A ready node with a message takes no new replicas, and the message says why: `reach` is why
 * requests do not reach it, null when they do. `drainWaits` is why replicas stay on a node that is drained.
 */
export function decideReachable(
  intent: NodeIntent | undefined,
  replicasLeft: number,
  { reach = null, drainWaits = null }: NodeHindrances = {},
): DecidedState {
  switch (intent?.scheduling) {
    case "cordoned":
      return { state: "cordoned", message: "Cordoned: it takes no new replicas." };
    case "draining": {
      const left = replicasLeft === 1 ? "1 replica is left" : `${String(replicasLeft)} replicas are left`;
      const why = drainWaits === null ? "" : ` ${drainWaits}.`;
      return { state: "draining", message: replicasLeft === 0 ? drainedMessage : `Draining: ${left}.${why}` };
    }
    case "open":
    case undefined:
      return { state: "ready", message: reach ?? "" };
  }
}
