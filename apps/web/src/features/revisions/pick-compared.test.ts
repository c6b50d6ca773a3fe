import { expect, it } from "vitest";
import { pickCompared } from "./pick-compared.ts";

const unasked = { from: null, to: null };

it("compares the newest with the one before it unless asked otherwise", () => {
  expect(pickCompared([3, 2, 1], unasked)).toEqual({ from: 2, to: 3 });
  expect(pickCompared([3, 2, 1], { from: "1", to: "3" })).toEqual({ from: 1, to: 3 });
  expect(pickCompared([3, 2, 1], { from: "3", to: "1" })).toEqual({ from: 3, to: 1 });
});

it("never compares a revision with itself, and answers an address of revisions that are not there", () => {
  expect(pickCompared([3, 2, 1], { from: "2", to: "2" })).toEqual({ from: 1, to: 2 });
  expect(pickCompared([3, 2, 1], { from: null, to: "1" })).toEqual({ from: 3, to: 1 });
  expect(pickCompared([2, 1], { from: "9", to: "nonsense" })).toEqual({ from: 1, to: 2 });
});

it("has nothing to compare the only revision with", () => {
  expect(pickCompared([1], unasked)).toEqual({ from: null, to: 1 });
  expect(pickCompared([], unasked)).toBeNull();
});
