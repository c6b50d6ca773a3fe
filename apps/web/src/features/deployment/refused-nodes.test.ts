import { expect, it } from "vitest";
import type { RolloutView } from "@sluice/contracts";
import { waitsForOld } from "./refused-nodes.ts";

const startedAt = "2026-01-01T00:00:00.000Z";
const rollout: RolloutView = {
  from_revision: 1,
  to_revision: 2,
  phase: "rolling",
  message: "",
  numbers: { ready: 0, wanted: 2, "step model": 1 },
  started_at: startedAt,
  progress_at: startedAt,
  deadline_at: null,
  ended_at: null,
  paused_at: null,
};
const old = { revisions: [1], stage: "ready" } as const;
const next = { revisions: [2], stage: "pending" } as const;
const replicas = [
  { ...old, revisions: [...old.revisions] },
  { ...next, revisions: [...next.revisions] },
];

it("a replica takes its turn only while the update goes on in steps and an old one is left to make room", () => {
  expect(waitsForOld(rollout, "model", replicas)).toBe(true);
  expect(waitsForOld(rollout, "other", replicas)).toBe(false);
  expect(waitsForOld(rollout, "model", replicas.slice(1))).toBe(false);
  expect(waitsForOld({ ...rollout, phase: "paused", paused_at: startedAt }, "model", replicas)).toBe(false);
  expect(waitsForOld({ ...rollout, phase: "failed", ended_at: startedAt }, "model", replicas)).toBe(false);
  expect(waitsForOld(null, "model", replicas)).toBe(false);
});
