import { expect, test } from "vitest";
import { decideBackoffMs } from "./backoff.ts";

test.each([
  [1, 0.99, 100, 100],
  [2, 0, 100, 100],
  [4, 0.5, 440, 460],
  [50, 0.999, 4_900, 5_000],
])("try %i with random %f waits between %i and %i ms", (attempt, random, atLeast, atMost) => {
  const waitMs = decideBackoffMs(attempt, random);
  expect(waitMs).toBeGreaterThanOrEqual(atLeast);
  expect(waitMs).toBeLessThanOrEqual(atMost);
});
