import type { ControllerToAgent } from "@sluice/contracts";
import type { AgentSession } from "../agents/agent-session.ts";
import type { Link } from "../http/link-server.ts";
import type { LeaderParts } from "../leader/leader-context.ts";

/** Why the agent of a node may not come; null when it may. */
export function refusalOf({ state }: Pick<LeaderParts, "state">, nodeId: string, name: string): string | null {
  const intent = state.nodeIntent(nodeId);
  if (intent === undefined || intent.removedAtMs === null) return null;
  return `Node ${name} was removed by ${intent.updatedBy}. To take it back: sluice nodes uncordon ${nodeId}, or join with a new token.`;
}

/** Closes the links of agents whose nodes were removed, as soon as they were told that they run nothing any more. */
export function dismissRemoved(context: Pick<LeaderParts, "state" | "epoch">, sessions: readonly AgentSession[]): void {
  for (const { nodeId, nodeName, link } of sessions) {
    const reason = refusalOf(context, nodeId, nodeName);
    if (reason === null || context.state.replicasOn(nodeId).length > 0) continue;
    refuse(link, context.epoch, reason);
  }
}

export function refuse(link: Link<ControllerToAgent>, epoch: number, reason: string): void {
  link.send({ type: "refused", epoch, reason });
  link.close(reason);
}
