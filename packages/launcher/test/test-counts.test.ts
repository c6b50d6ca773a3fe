import { expect, it } from "vitest";
import { countPlaywright, countVitest } from "../bin/test-counts.mjs";

const vitest = (over: object): string =>
  JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [],
    ...over,
  });
const playwright = (stats: object, errors: object[] = []): string =>
  JSON.stringify({ stats: { expected: 2, unexpected: 0, flaky: 0, skipped: 0, ...stats }, errors });

it.each([
  ["passed tests", countVitest(vitest({}), 0), { passed: 3, failed: 0 }],
  ["failed tests", countVitest(vitest({ numFailedTests: 2 }), 1), { passed: 3, failed: 2 }],
  [
    "a test file that does not load",
    countVitest(vitest({ testResults: [{ name: "a", status: "failed", assertionResults: [] }] }), 1),
    { passed: 3, failed: 1 },
  ],
  ["an error outside any test", countVitest(vitest({}), 1), { passed: 3, failed: 1 }],
  ["a run without tests", countVitest(vitest({ numPassedTests: 0 }), 0), { passed: 0, failed: 1 }],
  ["a crash", countVitest(undefined, 139), { passed: 0, failed: 1 }],
  ["browser tests", countPlaywright(playwright({}), 0), { passed: 2, failed: 0 }],
  ["flaky browser tests", countPlaywright(playwright({ flaky: 1 }), 0), { passed: 2, failed: 1 }],
  [
    "a product that did not start",
    countPlaywright(playwright({ expected: 0 }, [{ message: "x" }]), 1),
    { passed: 0, failed: 1 },
  ],
])("counts %s", (_what, counts, expected) => {
  expect(counts).toMatchObject(expected);
});
