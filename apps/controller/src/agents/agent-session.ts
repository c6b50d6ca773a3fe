import type { ControllerToAgent, DescribeResult, NodeUsage } from "@sluice/contracts";
import type { Link } from "../http/link-server.ts";

/** One connected agent. A reconnect makes a new one; nothing of the old one is carried over. */
export interface AgentSession {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly link: Link<ControllerToAgent>;
  lastHeartbeatAtMs: number;
  /** Measured and not written yet; a newer one takes its place. */
  unwrittenUsage: NodeUsage | null;
  /** Descriptions it is working on. Null = the node was lost. */
  readonly describing: Map<string, (result: DescribeResult | null) => void>;
  /** Text of the set that was sent last, to send only what differs. */
  sentAssignments: string;
  /** Ids of the applications in that set. */
  hosted: ReadonlySet<string>;
}

export function openSession(
  link: Link<ControllerToAgent>,
  nodeId: string,
  nodeName: string,
  nowMs: number,
): AgentSession {
  return {
    nodeId,
    nodeName,
    link,
    lastHeartbeatAtMs: nowMs,
    unwrittenUsage: null,
    describing: new Map(),
    sentAssignments: "",
    hosted: new Set(),
  };
}

/** Tells everybody who waits for a description that this agent will not answer. */
export function settleDescribing(session: AgentSession): void {
  for (const settle of session.describing.values()) settle(null);
  session.describing.clear();
}
