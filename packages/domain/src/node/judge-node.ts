export interface HeartbeatFacts {
  readonly nodeName: string;
  /** When the last heartbeat was received; null if none was since the leader started or the row was read. */
  readonly lastHeartbeatAtMs: number | null;
  /** The node's agent has an open link to this controller. */
  readonly isLinked: boolean;
  readonly heartbeatTimeoutMs: number;
  /** When this controller began to lead. */
  readonly leaderSinceMs: number;
}

export interface NodeVerdict {
  readonly state: "ready" | "unreachable" | "undecided";
  readonly reason: string;
  /** When to judge again if nothing is heard; null when silence will not change the verdict. */
  readonly judgeAgainAtMs: number | null;
}

/**
 * Ready until a heartbeat timeout passes in silence. A new leader judges no node before it has listened for one timeout
 * itself: `undecided` means "keep the state there was".
 */
export function judgeNode(facts: HeartbeatFacts, nowMs: number): NodeVerdict {
  const { lastHeartbeatAtMs, heartbeatTimeoutMs, leaderSinceMs, nodeName } = facts;
  const heardAtMs = lastHeartbeatAtMs ?? Number.NEGATIVE_INFINITY;
  const silentMs = nowMs - heardAtMs;
  const timeout = seconds(heartbeatTimeoutMs);
  if (silentMs < heartbeatTimeoutMs) {
    const reason = `Last heartbeat ${seconds(Math.max(0, silentMs))} ago.`;
    return { state: "ready", reason, judgeAgainAtMs: heardAtMs + heartbeatTimeoutMs };
  }
  const mayJudgeAtMs = leaderSinceMs + heartbeatTimeoutMs;
  if (nowMs < mayJudgeAtMs) {
    const reason = `This controller leads for ${seconds(nowMs - leaderSinceMs)}; it judges silent nodes after ${timeout}.`;
    return { state: "undecided", reason, judgeAgainAtMs: mayJudgeAtMs };
  }
  const last = lastHeartbeatAtMs === null ? "No heartbeat was ever received" : `No heartbeat for ${seconds(silentMs)}`;
  const link = facts.isLinked
    ? "its link is open but silent: the host may be overloaded"
    : "check that its agent runs and reaches the controller";
  return {
    state: "unreachable",
    reason: `${last} (limit ${timeout}) from ${nodeName}; ${link}.`,
    judgeAgainAtMs: null,
  };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
