import { describe, expect, it } from "vitest";
import { planBeginnings } from "./plan-beginnings.ts";

describe("planBeginnings", () => {
  it.each([
    { waiting: 1, heldMs: 0, count: 1, why: "nothing is known yet" },
    { waiting: 40, heldMs: 0, count: 40, why: "code that only waits begins at once" },
    { waiting: 40, heldMs: 0.02, count: 40, why: "forty take less than a millisecond" },
    { waiting: 40, heldMs: 0.1, count: 10, why: "ten take a millisecond" },
    { waiting: 40, heldMs: 0.6, count: 1, why: "two would take longer than a millisecond" },
    { waiting: 3, heldMs: 20, count: 1, why: "code that computes begins one by one" },
  ])("$count of $waiting at $heldMs ms each: $why", ({ waiting, heldMs, count }) => {
    expect(planBeginnings(waiting, heldMs)).toBe(count);
  });
});
