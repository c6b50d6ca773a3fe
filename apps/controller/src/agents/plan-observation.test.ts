import type { ReplicaObservation } from "@sluice/contracts";
import type { Replica } from "@sluice/db";
import { describe, expect, it } from "vitest";
import { isNewsForPlan, planMissing, planObservation } from "./plan-observation.ts";

const nowMs = 9_000;

function replica(change: Partial<Replica> = {}): Replica {
  return {
    id: "r1",
    projectId: "default",
    applicationId: "a1",
    poolId: "p1",
    deployment: "model",
    version: "v1",
    revision: 1,
    desired: "run",
    stage: "loading",
    stageTimes: { pending: 1_000, assigned: 2_000, loading: 3_000 },
    message: "",
    refusals: null,
    configVersion: null,
    address: null,
    pid: 7,
    exit: null,
    ongoing: 0,
    rssBytes: null,
    replacesId: null,
    replacedById: null,
    failureCounted: false,
    members: [],
    nodeId: "n1",
    rowVersion: 1,
    createdAtMs: 1_000,
    endedAtMs: null,
    ...change,
  };
}

function report(change: Partial<ReplicaObservation> = {}): ReplicaObservation {
  return {
    replicaId: "r1",
    rank: 0,
    configVersion: null,
    stage: "loading",
    stageTimes: {},
    address: null,
    pid: 7,
    message: "",
    exit: null,
    ongoing: 0,
    rssBytes: null,
    ...change,
  };
}

const address = { kind: "tcp", host: "127.0.0.1", port: 9 } as const;

describe("planObservation", () => {
  it("moves a replica on, with the agent's time where it gives one and ours where it does not", () => {
    const told = planObservation(replica(), report({ stage: "ready", stageTimes: { ready: 4_000 }, address }), nowMs);
    expect(told).toMatchObject({ stage: "ready", address, stageTimes: { loading: 3_000, ready: 4_000 } });
    const untold = planObservation(replica(), report({ stage: "ready" }), nowMs);
    expect(untold?.stageTimes?.ready).toBe(nowMs);
  });

  it("says nothing about a repeated report, whatever order the database keeps keys in", () => {
    const ready = replica({
      stage: "ready",
      address: { port: 9, host: "127.0.0.1", kind: "tcp" } as Replica["address"],
    });
    expect(planObservation(ready, report({ stage: "ready", address, stageTimes: { loading: 3_000 } }), nowMs)).toEqual(
      expect.objectContaining({ stage: "ready" }),
    );
    const settled = { ...ready, stageTimes: { ...ready.stageTimes, ready: 4_000 } };
    expect(planObservation(settled, report({ stage: "ready", address }), nowMs)).toBeNull();
  });

  it("keeps address, process and text when a report is of an earlier stage", () => {
    const ready = replica({ stage: "ready", address, message: "up", stageTimes: { ready: 4_000 } });
    const late = report({ stage: "loading", pid: null, message: "loading weights", ongoing: 2 });
    expect(planObservation(ready, late, nowMs)).toMatchObject({ stage: "ready", address, pid: 7, message: "up" });
  });

  it("does not take a draining replica back to ready", () => {
    const draining = replica({ stage: "draining", address, stageTimes: { draining: 5_000 } });
    expect(planObservation(draining, report({ stage: "ready", address, ongoing: 1 }), nowMs)).toMatchObject({
      stage: "draining",
    });
  });

  it("keeps how a replica ended, and never changes one that has", () => {
    const exit = { code: null, signal: "SIGKILL", lastErrorLine: null };
    const dead = report({ stage: "failed", exit, message: "exited by SIGKILL" });
    expect(planObservation(replica(), dead, nowMs)).toMatchObject({ stage: "failed", exit, endedAtMs: nowMs });
    expect(planObservation(replica({ stage: "failed" }), report({ stage: "ready" }), nowMs)).toBeNull();
  });

  it("writes load and memory without calling them news for a plan", () => {
    const before = replica({ rssBytes: 10_000_000 });
    expect(planObservation(before, report({ rssBytes: 10_100_000 }), nowMs)).toBeNull();
    const grown = planObservation(before, report({ rssBytes: 20_000_000, ongoing: 3 }), nowMs);
    expect(grown).toMatchObject({ rssBytes: 20_000_000, ongoing: 3 });
    expect(grown !== null && isNewsForPlan(before, grown)).toBe(false);
    const moved = planObservation(before, report({ stage: "ready", address }), nowMs);
    expect(moved !== null && isNewsForPlan(before, moved)).toBe(true);
  });
});

describe("planMissing", () => {
  it.each([
    ["pending", null],
    ["assigned", null],
    ["loading", "failed"],
    ["ready", "failed"],
    ["draining", "stopped"],
    ["stopped", null],
    ["failed", null],
  ] as const)("a replica that is %s and not in a full report becomes %s", (stage, end) => {
    expect(planMissing(replica({ stage }), nowMs)?.stage ?? null).toBe(end);
  });
});
