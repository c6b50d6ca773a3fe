import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideReplacement, failureLimit, replacementBackoffMs } from "./decide-replacement.ts";
import type { ReplacementFacts } from "./decide-replacement.ts";
import { describeExit } from "./describe-exit.ts";
import { eventOfReport, isEnded, nextReplicaStage, replicaEvents } from "./next-replica-stage.ts";
import type { ReplicaEvent } from "./next-replica-stage.ts";
import { replicaStages } from "./state.ts";
import type { ReplicaStage } from "./state.ts";

/** Rows: stage before; columns in order of `replicaEvents`. */
const TABLE: Readonly<Record<ReplicaStage, string>> = {
  // assign   prepare   start    load    becomeReady drain    stop    fail
  pending: "assigned pending pending pending pending stopped stopped failed",
  assigned: "assigned preparing starting loading ready draining stopped failed",
  preparing: "preparing preparing starting loading ready draining stopped failed",
  starting: "starting starting starting loading ready draining stopped failed",
  loading: "loading loading loading loading ready draining stopped failed",
  ready: "ready ready ready ready ready draining stopped failed",
  draining: "draining draining draining draining draining draining stopped failed",
  stopped: "stopped stopped stopped stopped stopped stopped stopped stopped",
  failed: "failed failed failed failed failed failed failed failed",
};

describe("nextReplicaStage", () => {
  const cases = replicaStages.flatMap((stage) =>
    replicaEvents.map((event, i): [ReplicaStage, ReplicaEvent, string] => [
      stage,
      event,
      TABLE[stage].split(" ")[i] ?? "",
    ]),
  );
  it.each(cases)("%s and %s give %s", (stage, event, next) => {
    expect(nextReplicaStage(stage, event)).toBe(next);
  });

  it("never moves backwards and never leaves an end, whatever is reported in whatever order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...replicaEvents)), (events) => {
        let stage: ReplicaStage = "pending";
        for (const event of events) {
          const next = nextReplicaStage(stage, event);
          expect(replicaStages.indexOf(next)).toBeGreaterThanOrEqual(isEnded(stage) ? 0 : replicaStages.indexOf(stage));
          if (isEnded(stage)) expect(next).toBe(stage);
          stage = next;
        }
      }),
    );
  });

  it("reaches the reported stage from an assigned replica", () => {
    for (const stage of replicaStages) {
      const event = eventOfReport(stage);
      if (event !== null) expect(nextReplicaStage("assigned", event)).toBe(stage);
    }
    expect(eventOfReport("pending")).toBeNull();
  });
});

describe("decideReplacement", () => {
  const facts = (overrides: Partial<ReplacementFacts>): ReplacementFacts => ({
    failureCount: 1,
    lastFailureAtMs: 1000,
    lastError: "no such file",
    everReady: false,
    wantedReplicas: 2,
    maxConstructorRetryCount: 20,
    ...overrides,
  });

  it.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [7, 30_000],
    [1000, 30_000],
  ])("waits after failure %d for %d ms", (count, ms) => {
    expect(replacementBackoffMs(count)).toBe(ms);
  });

  it.each([
    [20, 1, 3],
    [20, 10, 20],
    [2, 10, 2],
    [20, 0, 1],
  ])(
    "allows with max_constructor_retry_count %d and %d wanted %d failures",
    (maxConstructorRetryCount, wantedReplicas, limit) => {
      expect(failureLimit({ maxConstructorRetryCount, wantedReplicas })).toBe(limit);
    },
  );

  it("starts at once without failures", () => {
    expect(decideReplacement(facts({ failureCount: 0 }), 0).kind).toBe("now");
  });

  it("waits, says for how long and why, then tries again", () => {
    expect(decideReplacement(facts({}), 1100)).toEqual({
      kind: "later",
      atMs: 1500,
      reason: "Failure 1 of at most 6: next try in 0.4 s. Last error: no such file",
    });
    expect(decideReplacement(facts({}), 1500).kind).toBe("now");
  });

  it("gives up at the limit, unless a replica was ready once", () => {
    expect(decideReplacement(facts({ failureCount: 6 }), 60_000)).toEqual({
      kind: "giveUp",
      reason: "No replica became ready; starting failed 6 times (limit 6). Last error: no such file",
    });
    expect(decideReplacement(facts({ failureCount: 6, everReady: true }), 60_000).kind).toBe("now");
  });
});

describe("describeExit", () => {
  it.each([
    [{ code: null, signal: "SIGKILL", lastErrorLine: null }, "exited by SIGKILL"],
    [{ code: 1, signal: null, lastErrorLine: "Error: x" }, "exited with code 1: Error: x"],
    [{ code: null, signal: null, lastErrorLine: null }, "ended for an unknown reason"],
  ])("puts %j into words", (exit, text) => {
    expect(describeExit(exit)).toBe(text);
  });
});
