import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildBackend } from "../../test/build-slice.ts";
import { pickReplica } from "./pick-replica.ts";
import { createPoolReplica } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

const limits = { maxOngoing: 4, nowMs: 0, excluded: null };
function always(check: (u1: number, u2: number) => void): void {
  fc.assert(
    fc.property(unit, unit, (u1, u2) => {
      check(u1, u2);
    }),
  );
}

const unit = fc.double({ min: 0, max: 0.9999999999999999, noNaN: true });

function replicasWith(...sent: number[]): PoolReplica[] {
  return sent.map((count, i) => ({ ...createPoolReplica(buildBackend(`r${i}`)), sent: count }));
}

describe("pickReplica", () => {
  it("always takes the lighter of two", () => {
    const replicas = replicasWith(3, 1);
    always((u1, u2) => expect(pickReplica(replicas, limits, u1, u2)?.replicaId).toBe("r1"));
  });

  it("never takes the heaviest of many while others have room", () => {
    const replicas = replicasWith(3, 1, 2, 0);
    always((u1, u2) => expect(pickReplica(replicas, limits, u1, u2)?.replicaId).not.toBe("r0"));
  });

  it("finds the only free place among many, wherever chance points", () => {
    const replicas = replicasWith(4, 4, 4, 2, 4, 4);
    always((u1, u2) => expect(pickReplica(replicas, limits, u1, u2)?.replicaId).toBe("r3"));
  });

  it("respects exclusion, fullness and down time", () => {
    const replicas = replicasWith(0, 4, 0);
    const [, , down] = replicas;
    if (down !== undefined) down.downUntilMs = 10;
    const excluded = new Set(["r0"]);
    expect(pickReplica(replicas, { ...limits, excluded }, 0.5, 0.5)).toBeUndefined();
    expect(pickReplica(replicas, { ...limits, excluded, nowMs: 10 }, 0.5, 0.5)?.replicaId).toBe("r2");
    expect(pickReplica([], limits, 0, 0)).toBeUndefined();
  });

  it("counts what others have in a replica, as far as known", () => {
    const replicas = replicasWith(1, 0);
    const [, second] = replicas;
    if (second !== undefined) second.others = 3;
    expect(pickReplica(replicas, limits, 0, 0)?.replicaId).toBe("r0");
  });
});
