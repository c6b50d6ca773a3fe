import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideTraffic } from "./decide-traffic.ts";
import type { RevisionReadiness, TrafficInput } from "./decide-traffic.ts";
import { shareWeights } from "./share-weights.ts";
import type { EffectiveTraffic, SplitEntry } from "./traffic.ts";
import { variantName } from "./traffic.ts";
import { validateSplit } from "./validate-split.ts";
import { replicasAtWeight, wantedReplicas } from "./wanted-replicas.ts";

const entry = (revision: number, weight: number): SplitEntry => ({ revision, weight });

describe("validateSplit", () => {
  it.each<[string, SplitEntry[], string[]]>([
    ["95/5", [entry(1, 95), entry(2, 5)], []],
    ["33.3/33.3/33.4", [entry(1, 33.3), entry(2, 33.3), entry(3, 33.4)], []],
    ["99.9/0.1", [entry(1, 99.9), entry(2, 0.1)], []],
    ["nothing", [], ["#/variants: At least one variant."]],
    [
      "a sum of 99",
      [entry(1, 94), entry(2, 5)],
      ["#/variants: Weights sum to 99; they must sum to 100 (1 is missing)."],
    ],
    [
      "a sum of 100.1",
      [entry(1, 95.1), entry(2, 5)],
      ["#/variants: Weights sum to 100.1; they must sum to 100 (0.1 is too much)."],
    ],
    [
      "a fine step",
      [entry(1, 99.95), entry(2, 0.05)],
      [
        "#/variants/0/weight: In steps of 0.1; the nearest is 100.",
        "#/variants/1/weight: In steps of 0.1; the nearest is 0.1.",
      ],
    ],
    [
      "a negative weight",
      [entry(1, 101), entry(2, -1)],
      ["#/variants/0/weight: Between 0 and 100.", "#/variants/1/weight: Between 0 and 100."],
    ],
    ["an unknown revision", [entry(9, 100)], ["#/variants/0/revision: Revision 9 is unknown. Known: 1, 2, 3."]],
    ["a revision twice", [entry(1, 50), entry(1, 50)], ["#/variants/1/revision: Revision 1 appears twice."]],
  ])("judges %s", (_name, entries, expected) => {
    expect(validateSplit(entries, [1, 2, 3]).map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual(expected);
  });

  it("accepts every split that shareWeights makes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 8 }),
        (weights) => {
          const entries = weights.map((weight, i) => entry(i + 1, weight));
          const shared = shareWeights(entries);
          expect(
            validateSplit(
              shared,
              entries.map((e) => e.revision),
            ),
          ).toEqual([]);
        },
      ),
    );
  });
});

describe("wanted replicas", () => {
  it.each([
    [4, 100, 4],
    [4, 50, 2],
    [4, 51, 3],
    [4, 1, 1],
    [4, 0, 1],
    [3, 33.3, 1],
    [10, 90, 9],
    [1, 10, 1],
  ])("of %d at %d %% are %d", (numReplicas, weight, wanted) => {
    expect(replicasAtWeight(numReplicas, weight)).toBe(wanted);
  });

  it("of a shared pool are summed and capped at the largest num_replicas", () => {
    const deployments = (numReplicas: number) => [{ poolId: "p", numReplicas, autoscaling: null, target: null }];
    expect(
      wantedReplicas([
        { weight: 50, isHeaviest: true, deployments: deployments(4) },
        { weight: 50, isHeaviest: true, deployments: deployments(4) },
      ]).get("p"),
    ).toBe(4);
    expect(
      wantedReplicas([
        { weight: 100, isHeaviest: true, deployments: deployments(4) },
        { weight: 100, isHeaviest: true, deployments: deployments(6) },
      ]).get("p"),
    ).toBe(6);
    expect(
      wantedReplicas([
        { weight: 90, isHeaviest: true, deployments: deployments(4) },
        { weight: 10, isHeaviest: true, deployments: deployments(4) },
      ]).get("p"),
    ).toBe(4);
  });
});

function readiness(revision: number, ready: number, wanted = 2): RevisionReadiness {
  return { revision, servable: ready > 0, complete: ready >= wanted, readyReplicas: ready, wantedReplicas: wanted };
}

function force(...entries: SplitEntry[]): EffectiveTraffic {
  const variants = entries.map(({ revision, weight }) => ({ variant: variantName(revision), revision, weight }));
  return { variants, source: "rollout", reason: "" };
}

function decide(input: Partial<TrafficInput>): { weights: number[][]; source: string; reason: string } {
  const { variants, source, reason } = decideTraffic({
    intent: { kind: "follow", targetRevision: 2 },
    readiness: [],
    previous: null,
    ...input,
  });
  return { weights: variants.map(({ revision, weight }) => [revision, weight]), source, reason };
}

describe("decideTraffic following the target", () => {
  const previous = force(entry(1, 100));

  it("keeps the old revision until the target has all its replicas", () => {
    expect(decide({ previous, readiness: [readiness(1, 2), readiness(2, 1)] })).toEqual({
      weights: [[1, 100]],
      source: "rollout",
      reason: "revision 2 has 1 of 2 replicas ready; until then revision 1: 100 %",
    });
  });

  it("moves when it has", () => {
    const decision = decide({ previous, readiness: [readiness(1, 2), readiness(2, 2)] });
    expect(decision).toMatchObject({ weights: [[2, 100]], reason: "revision 2 is the target and ready" });
  });

  it("serves a first revision from its first replica on, having nothing to lose", () => {
    expect(decide({ readiness: [readiness(2, 1)] }).weights).toEqual([[2, 100]]);
    expect(decide({ readiness: [readiness(2, 0)] })).toMatchObject({
      weights: [],
      reason: "revision 2 has 0 of 2 replicas ready",
    });
  });

  it("moves to an incomplete target when the old one died", () => {
    expect(decide({ previous, readiness: [readiness(1, 0), readiness(2, 1)] })).toMatchObject({
      weights: [[2, 100]],
      reason: "revision 1 has no ready replica; revision 2: 100 %",
    });
  });

  it("keeps the weights when nothing is ready, so that requests wait for the replacement", () => {
    expect(decide({ previous: force(entry(2, 100)), readiness: [readiness(2, 0)] }).weights).toEqual([[2, 100]]);
  });

  it("keeps the old revision when the target failed, even if parts of the target are up", () => {
    const decision = decide({
      previous,
      intent: { kind: "back", entries: [], failure: "constructor threw" },
      readiness: [readiness(1, 1), readiness(2, 2)],
    });
    expect(decision).toMatchObject({
      weights: [[1, 100]],
      reason: "constructor threw; requests stay with revision 1: 100 %",
    });
  });
});

describe("decideTraffic with a split", () => {
  const split = (...entries: SplitEntry[]): Partial<TrafficInput> => ({ intent: { kind: "split", entries } });

  it("is the split when both are ready", () => {
    const decision = decide({
      ...split(entry(1, 90), entry(2, 10)),
      previous: force(entry(1, 100)),
      readiness: [readiness(1, 2), readiness(2, 1, 1)],
    });
    expect(decision).toMatchObject({
      weights: [
        [1, 90],
        [2, 10],
      ],
      source: "split",
    });
  });

  it("gives nothing to a revision without a ready replica, and says so", () => {
    const decision = decide({
      ...split(entry(1, 90), entry(2, 10)),
      previous: force(entry(1, 90), entry(2, 10)),
      readiness: [readiness(1, 2), readiness(2, 0, 1)],
    });
    expect(decision).toMatchObject({
      weights: [[1, 100]],
      reason: "revision 2 has no ready replica; revision 1: 100 %",
    });
  });

  it("stays as it was when a revision in it loses some, but not all, of its replicas", () => {
    const decision = decide({
      ...split(entry(1, 50), entry(2, 50)),
      previous: force(entry(1, 50), entry(2, 50)),
      readiness: [readiness(1, 2), readiness(2, 1, 2)],
    });
    expect(decision.weights).toEqual([
      [1, 50],
      [2, 50],
    ]);
  });

  it("always sums to 100 or is empty, and never raises a revision without a ready replica", () => {
    const revisions = [1, 2, 3];
    const weights = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 3 });
    const asForce = (raw: number[]): EffectiveTraffic => ({
      variants: shareWeights(raw.map((weight, i) => entry(i + 1, weight))),
      source: "split",
      reason: "",
    });
    fc.assert(
      fc.property(
        weights,
        fc.option(weights),
        fc.tuple(...revisions.map(() => fc.integer({ min: 0, max: 2 }))),
        fc.option(fc.constant("it failed")),
        (intent, before, ready, failure) => {
          const previous = before === null ? null : asForce(before);
          const result = decideTraffic({
            intent:
              failure === null
                ? { kind: "split", entries: shareWeights(intent.map((weight, i) => entry(i + 1, weight))) }
                : { kind: "back", entries: [], failure },
            previous,
            readiness: revisions.map((revision, i) => readiness(revision, ready[i] ?? 0)),
          });
          const sum = result.variants.reduce((total, { weight }) => total + Math.round(weight * 10), 0);
          expect([0, 1000]).toContain(sum);
          expect(result.reason).not.toBe("");
          for (const { revision, weight } of result.variants) {
            const was = previous?.variants.find((v) => v.revision === revision)?.weight ?? 0;
            if (weight > was) expect(ready[revision - 1]).toBeGreaterThan(0);
          }
          // Requests are never refused while some revision that has or shall have weight could answer.
          const able = [...(failure === null ? intent : []), ...(before ?? [])].length > 0;
          if (able && ready[0] !== 0 && (failure === null || before !== null)) expect(sum).toBe(1000);
        },
      ),
    );
  });
});
