import { describe, expect, it } from "vitest";
import { judgeNode } from "./judge-node.ts";
import type { HeartbeatFacts } from "./judge-node.ts";

const facts = (overrides: Partial<HeartbeatFacts>): HeartbeatFacts => ({
  nodeName: "n1",
  lastHeartbeatAtMs: 100_000,
  isLinked: true,
  heartbeatTimeoutMs: 10_000,
  leaderSinceMs: 0,
  ...overrides,
});

describe("judgeNode", () => {
  it("is ready until a timeout has passed in silence, and says when to look again", () => {
    const verdict = judgeNode(facts({}), 109_999);
    expect(verdict).toEqual({ state: "ready", reason: "Last heartbeat 10 s ago.", judgeAgainAtMs: 110_000 });
    expect(judgeNode(facts({}), 110_000).state).toBe("unreachable");
  });

  it("says how long the silence lasts and what to check", () => {
    expect(judgeNode(facts({ isLinked: false }), 112_500).reason).toBe(
      "No heartbeat for 12.5 s (limit 10 s) from n1; check that its agent runs and reaches the controller.",
    );
    expect(judgeNode(facts({ lastHeartbeatAtMs: null }), 112_500).reason).toContain("No heartbeat was ever received");
  });

  it("judges nothing before a new leader has listened for one timeout itself", () => {
    const fresh = facts({ lastHeartbeatAtMs: 50_000, leaderSinceMs: 105_000 });
    expect(judgeNode(fresh, 114_999)).toMatchObject({ state: "undecided", judgeAgainAtMs: 115_000 });
    expect(judgeNode(fresh, 115_000).state).toBe("unreachable");
    expect(judgeNode({ ...fresh, lastHeartbeatAtMs: 106_000 }, 107_000).state).toBe("ready");
  });
});
