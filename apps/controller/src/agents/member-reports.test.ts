import type { ReplicaObservation } from "@sluice/contracts";
import type { Replica } from "@sluice/db";
import { describe, expect, it } from "vitest";
import { MemberReports } from "./member-reports.ts";

const observation: ReplicaObservation = {
  replicaId: "r1",
  rank: 0,
  configVersion: null,
  stage: "ready",
  stageTimes: {},
  address: null,
  pid: 7,
  message: "",
  exit: null,
  ongoing: 0,
  rssBytes: null,
};

/** Of two processes: rank 0 on n0, rank 1 on n1. */
function replica(change: Partial<Replica> = {}): Replica {
  const assignment = {} as Replica["members"][number]["assignment"];
  return {
    id: "r1",
    projectId: "default",
    applicationId: "a1",
    poolId: "p1",
    deployment: "model",
    version: "v1",
    revision: 1,
    desired: "run",
    stage: "ready",
    stageTimes: {},
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
    members: ["n0", "n1"].map((nodeId, rank) => ({ rank, nodeId, gpus: 1, assignment })),
    nodeId: "n0",
    rowVersion: 1,
    createdAtMs: 1_000,
    endedAtMs: null,
    ...change,
  };
}

const nothing = new Map<number, ReplicaObservation>();

describe("a full report of a node that does not name a member", () => {
  it("says that it is gone, also to a leader that never heard of it", () => {
    const whole = new MemberReports().fold(replica(), "n1", nothing, true);
    expect(whole).toMatchObject({ stage: "failed", message: "member 1: its node's agent no longer has it" });
  });

  it("says nothing while the replica is only assigned, or when it is no full report", () => {
    expect(new MemberReports().fold(replica({ stage: "assigned" }), "n1", nothing, true)).toBeNull();
    expect(new MemberReports().fold(replica(), "n1", nothing, false)).toBeNull();
  });

  it("ends a replica on its way out only when it is missing on all of its nodes", () => {
    const members = new MemberReports();
    const draining = replica({ stage: "draining", desired: "drain" });
    expect(members.fold(draining, "n1", nothing, true)?.stage).toBe("draining");
    expect(members.fold(draining, "n0", nothing, true)?.stage).toBe("stopped");
  });
});

it("does not grow with replicas that others ended", () => {
  const members = new MemberReports();
  for (let index = 0; index < 1_000; index += 1) {
    const id = `r${String(index)}`;
    members.fold(replica({ id }), "n0", new Map([[0, { ...observation, replicaId: id }]]), false);
    members.prune(() => [id]);
  }
  expect(members.size).toBeLessThan(100);
  expect(members.fold(replica({ id: "r999" }), "n1", new Map([[1, { ...observation, rank: 1 }]]), false)?.stage).toBe(
    "ready",
  );
});
