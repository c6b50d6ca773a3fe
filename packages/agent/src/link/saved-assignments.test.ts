import { expect, test } from "vitest";
import { isOlder } from "./saved-assignments.ts";

test.each([
  ["a lower epoch is older", { epoch: 1, version: 9 }, { epoch: 2, version: 1 }, true],
  ["a lower version of the same epoch is older", { epoch: 2, version: 3 }, { epoch: 2, version: 4 }, true],
  ["the same set again is not", { epoch: 2, version: 4 }, { epoch: 2, version: 4 }, false],
  ["a new leader counts afresh", { epoch: 3, version: 1 }, { epoch: 2, version: 4 }, false],
])("%s", (_, set, than, wanted) => {
  expect(isOlder(set, than)).toBe(wanted);
});
