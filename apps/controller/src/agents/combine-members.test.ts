import { describe, expect, it } from "vitest";
import type { ReplicaObservation } from "@sluice/contracts";
import { combineMembers } from "./combine-members.ts";

const member = (
  rank: number,
  stage: ReplicaObservation["stage"],
  rest: Partial<ReplicaObservation> = {},
): [number, ReplicaObservation] => [
  rank,
  {
    replicaId: "r",
    rank,
    configVersion: "c1",
    stage,
    stageTimes: { [stage]: 100 + rank },
    address: rank === 0 ? { kind: "unix", path: "/run/r.sock" } : null,
    pid: 10 + rank,
    message: "",
    exit: null,
    ongoing: 0,
    rssBytes: 1000,
    ...rest,
  },
];

const combine = (...members: [number, ReplicaObservation][]) => combineMembers("r", 3, new Map(members));

describe("a replica of three members", () => {
  it("is ready when all are, at the time of the last, with the address of rank 0 and the memory of all", () => {
    const whole = combine(member(0, "ready"), member(1, "ready"), member(2, "ready"));
    expect(whole).toMatchObject({ stage: "ready", pid: 10, rssBytes: 3000, configVersion: "c1" });
    expect(whole.stageTimes.ready).toBe(102);
    expect(whole.address).toEqual({ kind: "unix", path: "/run/r.sock" });
  });

  it("is as far as the slowest, and an unheard one is the slowest", () => {
    expect(combine(member(0, "ready"), member(1, "loading"), member(2, "ready")).stage).toBe("loading");
    expect(combine(member(0, "ready"), member(2, "ready")).stage).toBe("assigned");
  });

  it("fails as one, naming the member", () => {
    const whole = combine(member(0, "ready"), member(1, "failed", { message: "no weights" }), member(2, "ready"));
    expect(whole).toMatchObject({ stage: "failed", message: "member 1: no weights" });
    expect(combine(member(0, "ready"), member(1, "stopped"), member(2, "ready")).stage).toBe("failed");
  });

  it("drains while one drains and has stopped when all have", () => {
    expect(combine(member(0, "stopped"), member(1, "draining"), member(2, "stopped")).stage).toBe("draining");
    expect(combine(member(0, "stopped"), member(1, "stopped"), member(2, "stopped")).stage).toBe("stopped");
  });

  it("has new settings in force only when every member has them", () => {
    const moved = { configVersion: "c2" };
    expect(combine(member(0, "ready", moved), member(1, "ready"), member(2, "ready", moved)).configVersion).toBe("c1");
    expect(combine(member(0, "ready", moved), member(1, "ready", moved), member(2, "ready", moved)).configVersion).toBe(
      "c2",
    );
  });
});
