import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

const policy = { ratio: 0.2, floorPerS: 1, windowS: 10 };

function retry(budget: RetryBudget, times: number): void {
  for (let i = 0; i < times; i += 1) budget.countRetry();
}

describe("RetryBudget", () => {
  it("starts with the floor of its window", () => {
    expect(new RetryBudget(policy).left(123_456, 0)).toBeCloseTo(10);
  });

  it("earns a fifth of a retry per request and pays one per retry", () => {
    const budget = new RetryBudget(policy);
    expect(budget.left(0, 50)).toBeCloseTo(20);
    retry(budget, 20);
    expect(budget.left(500, 50)).toBeCloseTo(0);
    expect(budget.left(900, 55)).toBeCloseTo(1);
  });

  it("forgets requests and retries when the window has passed, after a long silence too", () => {
    const budget = new RetryBudget(policy);
    expect(budget.left(0, 50)).toBeCloseTo(20);
    budget.left(4_000, 50);
    retry(budget, 5);
    expect(budget.left(9_900, 50)).toBeCloseTo(15);
    expect(budget.left(10_500, 50)).toBeCloseTo(5);
    expect(budget.left(14_500, 50)).toBeCloseTo(10);
    expect(budget.left(1e9, 50)).toBeCloseTo(10);
  });

  it("knows the rate of requests when it was not asked for long", () => {
    const budget = new RetryBudget(policy);
    budget.left(0, 0);
    // 1,000 seconds of 30 requests each: the last ten seconds had 300.
    const left = budget.left(1_000_000, 30_000);
    expect(left).toBeGreaterThan(0.2 * 270 + 10 - 1);
    expect(left).toBeLessThan(0.2 * 300 + 10 + 1);
  });

  it("never allows more than the share and the floor, whenever it is asked", () => {
    const step = fc.record({ afterMs: fc.nat({ max: 30_000 }), requests: fc.nat({ max: 1_000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const budget = new RetryBudget(policy);
        let nowMs = 5;
        let total = 0;
        let retries = 0;
        budget.left(nowMs, 0);
        for (const { afterMs, requests } of steps) {
          nowMs += afterMs;
          total += requests;
          while (budget.left(nowMs, total) >= 1) {
            budget.countRetry();
            retries += 1;
          }
          // Floor per second of all time, plus one window to start with and the slot that is open.
          expect(retries).toBeLessThanOrEqual(0.2 * total + nowMs / 1_000 + policy.windowS + 1);
        }
      }),
    );
  });
});
