import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildBackend } from "../../test/build-slice.ts";
import { pickReplica } from "./pick-replica.ts";
import type { PickLimits } from "./pick-replica.ts";
import { createPoolReplica, hasRoom } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

const limits: PickLimits = { maxOngoing: 4, nowMs: 0, excluded: null, localCount: 0, modelId: "", matchUntilMs: 0 };
const unit = fc.double({ min: 0, max: 0.9999999999999999, noNaN: true });

function always(check: (u1: number, u2: number) => void): void {
  fc.assert(
    fc.property(unit, unit, (u1, u2) => {
      check(u1, u2);
    }),
  );
}

function replicasWith(...sent: number[]): PoolReplica[] {
  return sent.map((count, i) => ({ ...createPoolReplica(buildBackend(`r${i}`)), sent: count }));
}

/** `r1: least_of_two`, or `none: all_busy`. */
function pick(replicas: readonly PoolReplica[], over: Partial<PickLimits> = {}, u1 = 0.5, u2 = 0.5): string {
  const { replica, reason } = pickReplica(replicas, { ...limits, ...over }, u1, u2);
  return `${replica?.replicaId ?? "none"}: ${reason}`;
}

describe("pickReplica", () => {
  it("always takes the lighter of two", () => {
    const replicas = replicasWith(3, 1);
    always((u1, u2) => expect(pick(replicas, {}, u1, u2)).toBe("r1: least_of_two"));
  });

  it("never takes the heaviest of many while others have room", () => {
    const replicas = replicasWith(3, 1, 2, 0);
    always((u1, u2) => expect(pick(replicas, {}, u1, u2)).not.toContain("r0"));
  });

  it("finds the only free place among many, wherever chance points", () => {
    const replicas = replicasWith(4, 4, 4, 2, 4, 4);
    always((u1, u2) => expect(pick(replicas, {}, u1, u2)).toMatch(/^r3: (least_of_two|last_room)$/));
  });

  it("says why it takes none", () => {
    const [busy, free] = [replicasWith(4), replicasWith(0)];
    expect(pick([])).toBe("none: no_replica");
    expect(pick(busy)).toBe("none: all_busy");
    expect(pick(free)).toBe("r0: only_one");
    for (const replica of free) replica.downUntilMs = 10;
    expect(pick(free)).toBe("none: all_down");
    expect(pick([...free, ...busy])).toBe("none: all_busy");
  });

  it("respects exclusion, fullness and down time", () => {
    const replicas = replicasWith(0, 4, 0);
    const [, , down] = replicas;
    if (down !== undefined) down.downUntilMs = 10;
    const excluded = new Set(["r0"]);
    expect(pick(replicas, { excluded })).toBe("none: all_busy");
    expect(pick(replicas, { excluded, nowMs: 10 })).toContain("r2");
  });

  it("counts what others have in a replica, as far as known", () => {
    const replicas = replicasWith(1, 0);
    const [, second] = replicas;
    if (second !== undefined) second.others = 3;
    expect(pick(replicas)).toBe("r0: least_of_two");
  });

  it("gives a replica on trial one request at a time, and says that it probes", () => {
    const replicas = replicasWith(0, 2);
    const [tried] = replicas;
    if (tried !== undefined) tried.onTrial = true;
    expect(pick(replicas)).toBe("r0: probe");
    if (tried !== undefined) tried.sent = 1;
    expect(pick(replicas)).toBe("r1: least_of_two");
  });
});

describe("pickReplica near its caller", () => {
  it("takes the caller's own node while it has room, then any", () => {
    const replicas = replicasWith(3, 3, 0, 0);
    always((u1, u2) => expect(pick(replicas, { localCount: 2 }, u1, u2)).toMatch(/^r[01]: local$/));
    const full = replicasWith(4, 4, 0, 1);
    always((u1, u2) => expect(pick(full, { localCount: 2 }, u1, u2)).toMatch(/^r[23]: (least_of_two|last_room)$/));
    const oneLeft = replicasWith(4, 4, 2, 0);
    always((u1, u2) => expect(pick(oneLeft, { localCount: 3 }, u1, u2)).toBe("r2: local"));
  });

  it("knows no preference when all are local, or none", () => {
    const replicas = replicasWith(0, 0);
    expect(pick(replicas, { localCount: 2 })).toContain("least_of_two");
    expect(pick(replicas, { localCount: 0 })).toContain("least_of_two");
  });
});

describe("pickReplica for a model", () => {
  function holding(models: readonly string[][], sent: readonly number[] = []): PoolReplica[] {
    return replicasWith(...models.map((_, i) => sent[i] ?? 0)).map((replica, i) => ({
      ...replica,
      models: new Set(models[i]),
    }));
  }
  const forM = { modelId: "m", matchUntilMs: 1_000 };

  it.each([
    ["the holder, though it has more to do", holding([["m"], []], [3, 0]), forM, "r0: holds_model"],
    ["the less loaded of two holders", holding([["m"], ["m"], []], [2, 1]), forM, "r1: holds_model"],
    ["nobody yet, when the holder is busy and there is time", holding([["m"], []], [4, 0]), forM, "none: model_busy"],
    ["another, once the time is over", holding([["m"], []], [4, 0]), { ...forM, nowMs: 1_000 }, "r1: fewest_models"],
    ["the one with the fewest models, when none holds it", holding([["a", "b"], ["a"]]), forM, "r1: fewest_models"],
    ["the less loaded of equals", holding([["a"], ["b"]], [2, 1]), forM, "r1: fewest_models"],
    ["the only one", holding([[]]), forM, "r0: only_one"],
    ["nobody, when all are busy", holding([["a"], ["b"]], [4, 4]), forM, "none: all_busy"],
    ["nobody, when there is none", [], forM, "none: no_replica"],
  ])("takes %s", (_name, replicas, over, wanted) => {
    always((u1, u2) => expect(pick(replicas, over, u1, u2)).toBe(wanted));
  });

  it("does not wait for a holder that is down or on trial", () => {
    const replicas = holding([["m"], []], [4, 0]);
    const [holder] = replicas;
    if (holder === undefined) throw new Error("no holder");
    holder.downUntilMs = 10;
    expect(pick(replicas, forM)).toBe("r1: fewest_models");
    Object.assign(holder, { downUntilMs: 0, onTrial: true });
    expect(pick(replicas, forM)).toBe("r1: fewest_models");
  });
});

describe("pickReplica with any replicas", () => {
  const replica = fc.record({
    sent: fc.nat({ max: 5 }),
    others: fc.nat({ max: 3 }),
    saturated: fc.boolean(),
    credits: fc.nat({ max: 1 }),
    downUntilMs: fc.constantFrom(0, 10),
    onTrial: fc.boolean(),
    models: fc.option(fc.subarray(["m", "a", "b"]).map((ids) => new Set(ids))),
  });
  const replicas = fc
    .array(replica, { maxLength: 8 })
    .map((all) => all.map((state, i) => ({ ...createPoolReplica(buildBackend(`r${i}`)), ...state })));

  it("takes one exactly when one may be taken, but for a model that is worth a wait", () => {
    fc.assert(
      fc.property(
        replicas,
        fc.nat({ max: 8 }),
        fc.constantFrom("", "m"),
        fc.subarray(["r0", "r1", "r2"]),
        unit,
        unit,
        (all, local, modelId, excludedIds, u1, u2) => {
          const excluded = new Set(excludedIds);
          const over = { ...limits, localCount: Math.min(local, all.length), modelId, matchUntilMs: 5, excluded };
          const { replica: taken, reason } = pickReplica(all, over, u1, u2);
          const free = all.filter((one) => hasRoom(one, 4, 0) && !excluded.has(one.replicaId));
          if (taken === undefined) expect(free.length === 0 || reason === "model_busy").toBe(true);
          else expect(free).toContain(taken);
          if (reason === "model_busy") {
            expect(all.some((one) => one.models?.has("m") === true && !free.includes(one))).toBe(true);
            expect(free.every((one) => one.models?.has("m") !== true)).toBe(true);
          }
          if (reason === "local") expect(all.findIndex((one) => one === taken)).toBeLessThan(over.localCount);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
