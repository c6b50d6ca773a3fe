import { expect, it } from "vitest";
import type { DeploymentView, NodeRefusalView, ReplicaView } from "@sluice/contracts";
import { judgeCount } from "./judge-count.ts";
import { bestSuggestion, findWaiting } from "./refused-nodes.ts";

const deployment = (manual: number | null, bounds?: { min_replicas: number; max_replicas: number }) =>
  ({ options: { num_replicas: 2, autoscaling: bounds }, manual_num_replicas: manual }) as DeploymentView;

it("takes a whole number that is another one", () => {
  expect(judgeCount("3", deployment(null))).toEqual({ count: 3, reason: undefined, isWrong: false });
  expect(judgeCount("2", deployment(null)).reason).toBe("2 is the number already");
  expect(judgeCount("2", deployment(3)).reason).toBeUndefined();
  expect(judgeCount("0", deployment(null))).toMatchObject({ count: null, isWrong: true });
  expect(judgeCount("0", deployment(null)).reason).toContain("autoscaling_config and min_replicas 0");
  for (const text of ["", "two", "-1", "1.5", "1001"]) expect(judgeCount(text, deployment(null)).isWrong).toBe(true);
});

it("is refused with the bounds where the autoscaler owns the number", () => {
  const judged = judgeCount("3", deployment(null, { min_replicas: 1, max_replicas: 8 }));
  expect(judged.reason).toMatch(/autoscaler owns the number \(1 to 8\)/);
});

const refusal = (node: string, suggestion: NodeRefusalView["suggestion"]): NodeRefusalView => ({
  node_id: node,
  node_name: node,
  reason: "too little",
  advice: null,
  suggestion,
});
const pending = (refusals: NodeRefusalView[], created: string) =>
  ({ stage: "pending", refusals, created_at: created }) as unknown as ReplicaView;

it("tells each node once for all replicas that wait, since the first", () => {
  const refusals = [refusal("a", null), refusal("b", { option: "num_cpus", value: 0.5 })];
  const waiting = findWaiting([pending(refusals, "2026-01-01T00:00:09Z"), pending(refusals, "2026-01-01T00:00:05Z")]);
  expect(waiting).toMatchObject({ count: 2, since: "2026-01-01T00:00:05Z" });
  expect(waiting?.refusals.map(({ node_id }) => node_id)).toEqual(["a", "b"]);
  expect(findWaiting([pending([], "2026-01-01T00:00:05Z")])).toBeNull();
});

it("suggests fewer CPUs first, and as little less as helps", () => {
  const some = [
    refusal("a", { option: "memory", value: 1024 }),
    refusal("b", { option: "num_cpus", value: 0.25 }),
    refusal("c", { option: "num_cpus", value: 0.5 }),
  ];
  expect(bestSuggestion(some)).toEqual({ option: "num_cpus", value: 0.5 });
  expect(bestSuggestion([refusal("a", null)])).toBeNull();
});
