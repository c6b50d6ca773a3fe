import { expect, it } from "vitest";
import { drainHindrance, lookOfNode, takesReplicas } from "./node-look.ts";
import type { NodeLookFacts } from "./node-look.ts";

const ready: NodeLookFacts = { state: "ready", reason: "", removed_at: null, drain: null };

it("says of a ready node that gateways cannot reach that it takes no replicas, and why", () => {
  const cut = { ...ready, reason: "gateways cannot reach 10.0.0.7: connection refused" };
  expect(takesReplicas(cut)).toBe(false);
  expect(lookOfNode(cut)).toEqual({
    tone: "warn",
    word: "Takes no replicas",
    reason: "Gateways cannot reach 10.0.0.7: connection refused.",
  });
  expect(takesReplicas(ready)).toBe(true);
  expect(lookOfNode(ready)).toMatchObject({ tone: "ok", word: "Ready" });
});

it("tells a node that is empty from one that still drains, and a removed one from both", () => {
  const draining = { ...ready, state: "draining" as const, reason: "Draining: 2 replicas are left." };
  const since = "2026-01-01T00:00:00Z";
  expect(lookOfNode({ ...draining, drain: { replicas_left: 2, since } }).word).toBe("Draining");
  expect(lookOfNode({ ...draining, drain: { replicas_left: 0, since } }).word).toBe("Drained");
  expect(lookOfNode({ ...ready, state: "gone", removed_at: since })).toMatchObject({ tone: "gone", word: "Removed" });
});

it("never opens an empty reason", () => {
  expect(lookOfNode({ ...ready, state: "unreachable" }).reason).toBe("No reason was given.");
});

it("says beside the count of a drain what hinders it", () => {
  const why = "The replacement of hello/Hello waits for room: n2: needs 1 CPU, 0.25 of 2 free.";
  expect(drainHindrance(`Draining: 2 replicas are left. ${why}`)).toBe(why);
  expect(drainHindrance("Draining: 2 replicas are left.")).toBe("");
});
