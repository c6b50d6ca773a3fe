import { refusedLinkCode, type ControllerToAgent, type NodeFacts } from "@sluice/contracts";
import type { AgentSession } from "../agents/agent-session.ts";
import type { Link } from "../http/link-server.ts";
import type { Caller } from "./callers.ts";
import type { LeaderParts } from "../leader/leader-context.ts";

/** Why the agent of a node may not come; null when it may. */
export function refusalOf(
  { state }: Pick<LeaderParts, "state">,
  { nodeId, name }: Pick<NodeFacts, "nodeId" | "name">,
  caller: Caller,
): string | null {
  const intent = state.nodeIntent(nodeId);
  if (intent === undefined || intent.removedAtMs === null) return null;
  const removed = `Node ${name} was removed by ${intent.updatedBy}.`;
  // The credential of a node that joined was revoked with it, so uncordoning it would not let it in.
  return caller.kind === "node"
    ? `${removed} Join again with a new token: sluice nodes token`
    : `${removed} To take it back: sluice nodes uncordon ${nodeId}`;
}

/** Closes the links of agents whose nodes were removed, as soon as they were told that they run nothing any more. */
export function dismissRemoved(context: Pick<LeaderParts, "state" | "epoch">, sessions: readonly AgentSession[]): void {
  for (const { nodeId, nodeName, link } of sessions) {
    const reason = refusalOf(context, { nodeId, name: nodeName }, link.caller);
    if (reason === null || context.state.replicasOn(nodeId).length > 0) continue;
    refuse(link, context.epoch, reason);
  }
}

export function refuse(link: Link<ControllerToAgent>, epoch: number, reason: string): void {
  link.send({ type: "refused", epoch, reason });
  link.close(reason, refusedLinkCode);
}
