import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { addRevision, divide, moveWeight, readWeight, removeRevision, sameSplit, wholeTenths } from "./weights.ts";
import type { Weight } from "./weights.ts";

const sum = (weights: readonly Weight[]): number => weights.reduce((total, weight) => total + weight.tenths, 0);

/** Any split of 100 % over 1 to 6 revisions, some of them locked. */
const anySplit = fc
  .array(fc.record({ part: fc.integer({ min: 0, max: 50 }), locked: fc.boolean() }), { minLength: 1, maxLength: 6 })
  .map((parts): Weight[] => {
    const tenths = divide(
      wholeTenths,
      parts.map(({ part }) => part),
    );
    return parts.map(({ locked }, index) => ({ revision: index + 1, tenths: tenths[index] ?? 0, locked }));
  });

describe("moving a slider", () => {
  it("keeps the sum at exactly 100 % and every weight between 0 and 100, whatever is moved where", () => {
    fc.assert(
      fc.property(
        anySplit,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: -200, max: 1400 }),
        (weights, revision, wanted) => {
          const moved = moveWeight(weights, revision, wanted);
          expect(sum(moved)).toBe(wholeTenths);
          expect(moved.every((weight) => weight.tenths >= 0 && weight.tenths <= wholeTenths)).toBe(true);
        },
      ),
    );
  });

  it("never moves a locked weight other than the one moved", () => {
    fc.assert(
      fc.property(
        anySplit,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 1000 }),
        (weights, revision, wanted) => {
          const moved = moveWeight(weights, revision, wanted);
          for (const [index, weight] of weights.entries()) {
            if (weight.locked && weight.revision !== revision) expect(moved[index]?.tenths).toBe(weight.tenths);
          }
        },
      ),
    );
  });

  it("gives the other of two revisions the rest", () => {
    const moved = moveWeight([split(1, 1000), split(2, 0)], 2, 100);
    expect(moved.map((weight) => weight.tenths)).toEqual([900, 100]);
  });

  it("shares in proportion: 60/20/20 with the first at 20 becomes 20/40/40", () => {
    const moved = moveWeight([split(1, 600), split(2, 200), split(3, 200)], 1, 200);
    expect(moved.map((weight) => weight.tenths)).toEqual([200, 400, 400]);
  });

  it("stops where locked weights leave nothing more", () => {
    const moved = moveWeight([split(1, 500, true), split(2, 300), split(3, 200)], 2, 900);
    expect(moved.map((weight) => weight.tenths)).toEqual([500, 500, 0]);
  });

  it("does nothing when no other weight can give", () => {
    expect(moveWeight([split(1, 1000)], 1, 300)).toEqual([split(1, 1000)]);
    expect(moveWeight([split(1, 400), split(2, 600, true)], 1, 900)[0]?.tenths).toBe(400);
  });
});

describe("revisions in a split", () => {
  it("come without traffic and leave theirs to the others", () => {
    const added = addRevision([split(3, 1000)], 2);
    expect(added.map((weight) => [weight.revision, weight.tenths])).toEqual([
      [2, 0],
      [3, 1000],
    ]);
    expect(removeRevision([split(1, 300), split(2, 700)], 2)).toEqual([split(1, 1000)]);
    expect(sum(removeRevision([split(1, 300, true), split(2, 700)], 2))).toBe(wholeTenths);
    expect(removeRevision([split(1, 1000)], 1)).toHaveLength(1);
  });

  it("are the same split whether a revision without traffic is named or not", () => {
    expect(sameSplit([split(1, 1000), split(2, 0)], [split(1, 1000)])).toBe(true);
    expect(sameSplit([split(1, 900), split(2, 100)], [split(1, 1000)])).toBe(false);
  });
});

it.each([
  ["90", 900],
  ["12.5 %", 125],
  ["12,5%", 125],
  [" 0 ", 0],
  ["101", undefined],
  ["-1", undefined],
  ["ten", undefined],
  ["", undefined],
])("reads the typed weight %j as %s tenths", (text, tenths) => expect(readWeight(text)).toBe(tenths));

function split(revision: number, tenths: number, locked = false): Weight {
  return { revision, tenths, locked };
}
