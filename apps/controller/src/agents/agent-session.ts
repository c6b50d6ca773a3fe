import type { ControllerToAgent, DescribeResult, NodeFacts, WireAddress } from "@sluice/contracts";
import type { Link } from "../http/link-server.ts";
import type { LogPiece } from "../logs/agent-log.ts";

/** One connected agent. A reconnect makes a new one; nothing of the old one is carried over. */
export interface AgentSession {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly link: Link<ControllerToAgent>;
  /** What matters of its facts for who reaches it. */
  readonly place: Pick<NodeFacts, "dataAddress" | "machineId">;
  /** Where gateways may try whether they reach it; null = not listening (yet). */
  dataListener: WireAddress | null;
  lastHeartbeatAtMs: number;
  /** Its hello is written: the node is somebody, and what it runs is known. */
  isRecorded: boolean;
  /** Descriptions it is working on. Null = the node was lost. */
  readonly describing: Map<string, (result: DescribeResult | null) => void>;
  /** Scrapes it is working on. Null = the node was lost. */
  readonly readingMetrics: Map<string, (text: string | null) => void>;
  /** Logs it is telling. Null = the node was lost. */
  readonly readingLogs: Map<string, (piece: LogPiece | null) => void>;
  /** Text of the set that was sent last, to send only what differs. */
  sentAssignments: string;
  /** Version of what the node hosts when the set was made; null = none was made. */
  sentHosting: number | null;
  /** Ids of the applications in that set. */
  hosted: ReadonlySet<string>;
}

export function openSession(
  link: Link<ControllerToAgent>,
  { nodeId, name, dataAddress, machineId }: NodeFacts,
  nowMs: number,
): AgentSession {
  return {
    nodeId,
    nodeName: name,
    link,
    place: { dataAddress, ...(machineId === undefined ? {} : { machineId }) },
    dataListener: null,
    lastHeartbeatAtMs: nowMs,
    isRecorded: false,
    describing: new Map(),
    readingMetrics: new Map(),
    readingLogs: new Map(),
    sentAssignments: "",
    sentHosting: null,
    hosted: new Set(),
  };
}

/** Tells everybody who waits for an answer of this agent that it will not come. */
export function settleQuestions({ describing, readingMetrics, readingLogs }: AgentSession): void {
  for (const settle of describing.values()) settle(null);
  describing.clear();
  for (const settle of readingMetrics.values()) settle(null);
  readingMetrics.clear();
  for (const settle of readingLogs.values()) settle(null);
  readingLogs.clear();
}
