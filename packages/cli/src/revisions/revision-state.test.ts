import { expect, it } from "vitest";
import { canBeGoneBackTo, stateOfRevision } from "./revision-state.ts";
import type { RevisionFacts, RevisionHistory } from "./revision-state.ts";

const nowMs = Date.parse("2026-03-02T09:00:00.000Z");
const revision = (change: Partial<RevisionFacts> = {}): RevisionFacts => ({
  number: 5,
  stage: "described",
  stage_message: "",
  weight: 0,
  warm_until: null,
  ...change,
});
const nothing: RevisionHistory = { rollout: null, events: [] };
const failed = { reason: "DeployFailed", revision: 5, message: "no such file" };
const completed = { reason: "DeployCompleted", revision: 5, message: "Revision 5 serving." };
const rollout = (phase: "failed" | "aborted" | "starting"): RevisionHistory => ({
  rollout: {
    to_revision: 5,
    phase,
    message: "why",
    ended_at: phase === "starting" ? null : "2026-03-02T08:00:00.000Z",
  },
  events: [],
});
const later = "2026-03-02T09:01:00.000Z";

it.each([
  ["serving", revision({ weight: 50 }), rollout("failed"), true],
  ["did not start", revision(), rollout("failed"), false],
  ["aborted", revision(), rollout("aborted"), false],
  ["starting", revision(), rollout("starting"), false],
  ["cannot run", revision({ stage: "describe_failed" }), nothing, false],
  ["being inspected", revision({ stage: "describing" }), nothing, false],
  ["kept warm", revision({ warm_until: later }), nothing, true],
  ["not serving", revision(), nothing, true],
])("%s: by its weight, the newest rollout and its bundle", (word, facts, history, canReturn) => {
  const state = stateOfRevision(facts, history, nowMs);
  expect([state.word, canBeGoneBackTo(state)]).toEqual([word, canReturn]);
});

it("did not start when an earlier rollout to it failed and it never ran, with the reason of then", () => {
  const history = { rollout: null, events: [failed] };
  expect(stateOfRevision(revision(), history, nowMs)).toEqual({ word: "did not start", reason: "no such file" });
  expect(stateOfRevision(revision({ number: 4 }), history, nowMs).word).toBe("not serving");
});

it("has run when it did once, though a split failed in its name", () => {
  expect(stateOfRevision(revision(), { rollout: null, events: [failed, completed] }, nowMs).word).toBe("not serving");
});
