import { expect, it } from "vitest";
import type { RolloutView } from "@sluice/contracts";
import { lookOfRevision } from "./revision-state.ts";

const nowMs = Date.parse("2026-01-01T00:00:00Z");
const revision = { number: 2, stage: "described", stage_message: "", weight: 0, warm_until: null } as const;
const rollout = (phase: RolloutView["phase"], endedAt: string | null): RolloutView => ({
  from_revision: 1,
  to_revision: 2,
  phase,
  message: "Summarizer: 0 of 2 replicas ready",
  numbers: {},
  started_at: "2025-12-31T23:50:00Z",
  progress_at: "2025-12-31T23:51:00Z",
  deadline_at: null,
  ended_at: endedAt,
  paused_at: null,
});
const ended = "2025-12-31T23:55:00Z";

it("never calls a revision whose replicas did not come up ready", () => {
  expect(lookOfRevision(revision, rollout("failed", ended), nowMs)).toEqual({
    tone: "bad",
    word: "Did not start",
    reason: "Summarizer: 0 of 2 replicas ready",
  });
  expect(lookOfRevision(revision, rollout("starting", null), nowMs)).toMatchObject({ tone: "busy", word: "Starting" });
});

it("says who serves, who is kept warm, and who only could", () => {
  expect(lookOfRevision({ ...revision, weight: 30 }, rollout("switching", null), nowMs).word).toBe("Serving");
  const warm = { ...revision, number: 1, warm_until: "2026-01-01T00:01:00Z" };
  expect(lookOfRevision(warm, rollout("completed", ended), nowMs).word).toBe("Kept warm");
  expect(lookOfRevision({ ...revision, number: 1 }, rollout("completed", ended), nowMs).word).toBe("Not serving");
});

it("gives the reason of a bundle that cannot run", () => {
  const broken = { ...revision, stage: "describe_failed", stage_message: "no export app" } as const;
  expect(lookOfRevision(broken, null, nowMs)).toMatchObject({ tone: "bad", reason: "no export app" });
});
