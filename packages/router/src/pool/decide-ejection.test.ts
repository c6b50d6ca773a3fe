import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideEjection, defaultEjectionPolicy } from "./decide-ejection.ts";
import type { EjectionFacts } from "./decide-ejection.ts";

const base: EjectionFacts = {
  kind: "unreachable",
  failures: 1,
  ejections: 0,
  isEjected: false,
  replicas: 4,
  otherEjected: 0,
  u: 0,
};

describe("decideEjection", () => {
  it.each([
    ["a replica that refused the connection", base, 1_000, "unreachable"],
    ["its second time doubled", { ...base, ejections: 1 }, 2_000, "unreachable"],
    ["its tenth time up to the limit", { ...base, ejections: 9 }, 10_000, "unreachable"],
    ["one that lost a request", { ...base, kind: "lost" }, 0, "below_threshold"],
    ["one that lost two in a row", { ...base, kind: "lost", failures: 2 }, 0, "below_threshold"],
    ["one that lost three in a row", { ...base, kind: "lost", failures: 3 }, 1_000, "failures_in_a_row"],
    ["one that is ejected already", { ...base, isEjected: true, failures: 50 }, 0, "already_ejected"],
    [
      "one that loses requests as half are out",
      { ...base, kind: "lost", failures: 3, otherEjected: 2 },
      0,
      "share_reached",
    ],
    ["one that is gone as half are out", { ...base, ejections: 5, otherEjected: 2 }, 1_000, "unreachable"],
    ["the last one", { ...base, kind: "lost", failures: 3, ejections: 5, otherEjected: 3 }, 1_000, "last_one"],
    ["the only one", { ...base, replicas: 1, ejections: 5 }, 1_000, "last_one"],
    ["the second of two", { ...base, replicas: 2, otherEjected: 1, ejections: 3 }, 1_000, "last_one"],
  ] as const)("judges %s", (_name, facts, forMs, reason) => {
    expect(decideEjection(facts)).toEqual({ eject: forMs > 0, forMs, reason });
  });

  it("never ejects longer than the limit and its jitter, nor more than the share for lost requests", () => {
    const facts = fc.record({
      kind: fc.constantFrom("unreachable", "lost"),
      failures: fc.integer({ min: 1, max: 100 }),
      ejections: fc.nat({ max: 100 }),
      isEjected: fc.boolean(),
      replicas: fc.integer({ min: 1, max: 50 }),
      otherEjected: fc.nat({ max: 50 }),
      u: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { eject, forMs, reason } = decideEjection(given);
        expect(forMs).toBeLessThanOrEqual(defaultEjectionPolicy.maxMs * 1.25);
        expect(eject).toBe(forMs > 0);
        if (eject && reason === "failures_in_a_row") {
          expect(given.otherEjected + 1).toBeLessThanOrEqual(Math.max(1, given.replicas / 2));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
