import { expect, test } from "vitest";
import { planSweep } from "./plan-sweep.ts";

const now = 100 * 3_600_000;
const mib = 1024 ** 2;
const limits = { maxAgeMs: 24 * 3_600_000, maxBytes: 100 * mib, minAgeMs: 600_000 };
const used = (name: string, hoursAgo: number, sizeMib: number) => ({
  name,
  bytes: sizeMib * mib,
  lastUsedMs: now - hoursAgo * 3_600_000,
});

test("what was not used for a day goes, whatever room there is", () => {
  expect(planSweep([used("old", 24, 1), used("young", 23, 1)], 0, limits, now)).toEqual([
    { name: "old", reason: "not used for 24 h" },
  ]);
});

test("without room the oldest go first, and no more than needed; what runs counts", () => {
  const leftovers = [used("b", 2, 30), used("a", 3, 30), used("c", 1, 30)];
  expect(planSweep(leftovers, 10 * mib, limits, now)).toEqual([]);
  expect(planSweep(leftovers, 40 * mib, limits, now)).toEqual([
    { name: "a", reason: "130 MiB of 100 MiB are taken, and this was used longest ago" },
  ]);
  expect(planSweep(leftovers, 50 * mib, limits, now).map(({ name }) => name)).toEqual(["a", "b"]);
});

test("what was used a moment ago stays even without room", () => {
  expect(planSweep([used("now", 0.1, 500)], 0, limits, now)).toEqual([]);
});
