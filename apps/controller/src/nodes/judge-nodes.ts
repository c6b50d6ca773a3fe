/** Judges every node by its heartbeats, once a second; a changed verdict is written, told and acted upon. */
import { appendEvents, fenced, listNodes, notify, setNodeState, type Node } from "@sluice/db";
import { judgeNode, type NodeVerdict } from "@sluice/domain";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { LeaderContext } from "../leader/leader-context.ts";

export interface NodeJudgeOptions {
  readonly context: LeaderContext;
  readonly agents: AgentSessions;
  readonly leaderSinceMs: number;
  /** Nodes changed: placements and replicas on them are to be planned again. */
  readonly onChange: () => Promise<void>;
}

export async function judgeNodes(options: NodeJudgeOptions): Promise<void> {
  const { context, agents, leaderSinceMs } = options;
  let changed = false;
  for (const node of await listNodes(context.database)) {
    const session = agents.get(node.id);
    const verdict = judgeNode(
      {
        nodeName: node.name,
        lastHeartbeatAtMs: session?.lastHeartbeatAtMs ?? node.lastSeenAtMs,
        isLinked: session !== undefined,
        heartbeatTimeoutMs: context.heartbeatTimeoutMs,
        leaderSinceMs,
      },
      context.now(),
    );
    // An agent that said hello since the list was read is not judged by what stood there.
    if (!isNews(node, verdict) || agents.get(node.id) !== session) continue;
    await save(context, node, verdict);
    changed = true;
  }
  if (changed) await options.onChange();
}

/** A cordoned node that lives stays cordoned. */
function isNews(node: Node, verdict: NodeVerdict): boolean {
  if (verdict.state === "undecided" || verdict.state === node.state) return false;
  return !(verdict.state === "ready" && node.state === "cordoned");
}

async function save(context: LeaderContext, node: Node, verdict: NodeVerdict): Promise<void> {
  const state = verdict.state === "unreachable" ? "unreachable" : "ready";
  await fenced(context.database, context.epoch, async (tx) => {
    await setNodeState(tx, node.id, state, state === "ready" ? "" : verdict.reason);
    await appendEvents(tx, [
      {
        projectId: node.projectId,
        atMs: context.now(),
        nodeId: node.id,
        reason: state === "ready" ? "NodeReady" : "NodeUnreachable",
        severity: state === "ready" ? "info" : "error",
        message:
          state === "ready" ? `Node ${node.name} is back` : `Node ${node.name} is unreachable. ${verdict.reason}`,
      },
    ]);
    await notify(tx, "sluice_status");
  });
}
