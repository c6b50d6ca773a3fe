/** Judges every node by its heartbeats and by what people want of it; a changed verdict is written, told and acted upon. */
import { emptyBatch, type NewEvent, type Node, type StatusBatch } from "@sluice/db";
import { judgeNode } from "@sluice/domain";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import { decideNodeState, drainedMessage } from "./decide-node-state.ts";
import { explainDrain } from "./explain-drain.ts";
import { judgeReach } from "./judge-reach.ts";

export interface NodeJudgeOptions {
  readonly context: LeaderParts;
  readonly agents: Pick<AgentSessions, "get">;
  readonly gateways: Pick<GatewaySessions, "views">;
  readonly leaderSinceMs: number;
  /** Nodes changed: placements and replicas on them are to be planned again. */
  readonly onChange: () => void;
}

interface Judged {
  readonly before: Node;
  readonly after: Node;
}

export async function judgeNodes(options: NodeJudgeOptions): Promise<void> {
  const { state, writer, reader } = options.context;
  // How many replicas a node has is not known before.
  if (!reader.isFilled) return;
  const suspects = judgeAll(options, state.nodes()).map(({ before }) => before.id);
  if (suspects.length === 0) return;
  // Judged again at their turn: an agent may have said hello since.
  const written = await writer.run({ nodeIds: suspects }, () => {
    const nodes = suspects.flatMap((id) => state.node(id) ?? []);
    return batchOf(judgeAll(options, nodes), options.context.now());
  });
  if (written !== null) options.onChange();
}

/** Nodes whose verdict is another one than stands in their row. */
function judgeAll({ context, agents, gateways, leaderSinceMs }: NodeJudgeOptions, nodes: readonly Node[]): Judged[] {
  const nowMs = context.now();
  const { heartbeatTimeoutMs, sightings, state } = context;
  const views = gateways.views();
  return nodes.flatMap((before) => {
    const session = agents.get(before.id);
    // Its hello is on the way to the database.
    if (session?.isRecorded === false) return [];
    const lastHeartbeatAtMs = session?.lastHeartbeatAtMs ?? sightings.lastSeenAtMs(before.id) ?? before.lastSeenAtMs;
    const verdict = judgeNode(
      { nodeName: before.name, lastHeartbeatAtMs, isLinked: session !== undefined, heartbeatTimeoutMs, leaderSinceMs },
      nowMs,
    );
    const intent = state.nodeIntent(before.id);
    const reach = judgeReach(before, session, views);
    const drainWaits = intent?.scheduling === "draining" ? explainDrain(state, before.id) : null;
    const replicasLeft = state.replicasOn(before.id).length;
    const decided = decideNodeState(before, verdict, intent, replicasLeft, { reach, drainWaits });
    if (!isNews(before, decided)) return [];
    const after: Node = {
      ...before,
      ...decided,
      usage: sightings.usage(before.id) ?? before.usage,
      stateSinceMs: decided.state === before.state ? before.stateSinceMs : nowMs,
      lastSeenAtMs: lastHeartbeatAtMs,
    };
    return [{ before, after }];
  });
}

/** How long a node is silent grows all the time; how many replicas it still has to give up is news. */
function isNews(before: Node, after: Pick<Node, "state" | "message">): boolean {
  if (after.state !== before.state) return true;
  return (after.state === "draining" || after.state === "ready") && after.message !== before.message;
}

function batchOf(judged: readonly Judged[], nowMs: number): StatusBatch | null {
  if (judged.length === 0) return null;
  const events = judged.flatMap((each) => eventOf(each, nowMs) ?? []);
  return { ...emptyBatch, nodes: judged.map(({ after }) => after), events, notices: [null] };
}

/** What people asked for was told when they asked. */
function eventOf({ before, after }: Judged, nowMs: number): NewEvent | null {
  const { id, projectId, name, state, message } = after;
  const about = { projectId, atMs: nowMs, nodeId: id };
  if (state === "gone") return null;
  if (state === "unreachable") {
    const told = `Node ${name} is unreachable. ${message}`;
    return { ...about, reason: "NodeUnreachable", severity: "error", message: told };
  }
  if (state === "draining" && message === drainedMessage) {
    return {
      ...about,
      reason: "NodeDrained",
      severity: "info",
      message: `Node ${name} is drained: no replicas are left`,
    };
  }
  if (state === "ready" && message !== before.message && before.state === "ready") return reachEvent(after, about);
  if (before.state !== "unreachable") return null;
  const as = state === "ready" ? "" : ` (${state})`;
  return { ...about, reason: "NodeReady", severity: "info", message: `Node ${name} is back${as}` };
}

function reachEvent({ name, message }: Node, about: Pick<NewEvent, "projectId" | "atMs" | "nodeId">): NewEvent {
  return message === ""
    ? { ...about, reason: "NodeReachable", severity: "info", message: `Gateways reach node ${name}.` }
    : {
        ...about,
        reason: "NodeNotReached",
        severity: "warning",
        message: `Node ${name} takes no replicas: ${message}.`,
      };
}
