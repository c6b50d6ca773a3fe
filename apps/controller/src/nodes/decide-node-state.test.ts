import type { NodeIntent } from "@sluice/db";
import { describe, expect, it } from "vitest";
import { decideNodeState, drainedMessage } from "./decide-node-state.ts";

const intent = (change: Partial<NodeIntent>): NodeIntent => ({
  nodeId: "n1",
  projectId: "default",
  scheduling: "open",
  labels: {},
  removedAtMs: null,
  updatedBy: "ann",
  updatedAtMs: 0,
  ...change,
});
const heard = { state: "ready", reason: "Last heartbeat 1 s ago." } as const;
const silent = { state: "unreachable", reason: "No heartbeat for 20 s" } as const;
const unknown = { state: "undecided", reason: "" } as const;
const ready = { state: "ready", message: "" } as const;

describe("decideNodeState", () => {
  it("is what people want while the node can be reached", () => {
    expect(decideNodeState(ready, heard, undefined, 3)).toEqual(ready);
    expect(decideNodeState(ready, heard, intent({ scheduling: "cordoned" }), 3).state).toBe("cordoned");
    const draining = intent({ scheduling: "draining" });
    expect(decideNodeState(ready, heard, draining, 2)).toEqual({
      state: "draining",
      message: "Draining: 2 replicas are left.",
    });
    expect(decideNodeState(ready, heard, draining, 1, { drainWaits: "It waits for room" }).message).toBe(
      "Draining: 1 replica is left. It waits for room.",
    );
    expect(decideNodeState(ready, unknown, draining, 0)).toEqual({ state: "draining", message: drainedMessage });
  });

  it("is unreachable before it is anything else, and shows what people want again when it is back", () => {
    const cordoned = intent({ scheduling: "cordoned" });
    const lost = decideNodeState({ state: "cordoned", message: "" }, silent, cordoned, 1);
    expect(lost).toEqual({ state: "unreachable", message: silent.reason });
    expect(decideNodeState(lost, unknown, cordoned, 1)).toEqual(lost);
    expect(decideNodeState(lost, heard, cordoned, 1).state).toBe("cordoned");
  });

  it("is gone once it was removed, whatever its agent does", () => {
    const removed = intent({ removedAtMs: 5, scheduling: "draining" });
    for (const verdict of [heard, silent, unknown]) {
      expect(decideNodeState(ready, verdict, removed, 2)).toEqual({ state: "gone", message: "Removed by ann." });
    }
  });
});
