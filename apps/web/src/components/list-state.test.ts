import { expect, it } from "vitest";
import { judgeList } from "./list-state.ts";

const answered = {
  data: {},
  isError: false,
  isPlaceholderData: false,
  isFetching: false,
  isFetchedAfterMount: true,
};
const firstTime = { ...answered, data: undefined, isFetching: true, isFetchedAfterMount: false };
const remembered = { ...answered, isFetching: true, isFetchedAfterMount: false };
const otherFilter = { ...answered, isFetching: true, isPlaceholderData: true };

it("never says that there is nothing before the answer is there", () => {
  expect(judgeList(firstTime, 0)).toBe("loading");
  expect(judgeList(remembered, 0)).toBe("loading");
  expect(judgeList(otherFilter, 0)).toBe("loading");
});

it("says that there is nothing once that was answered, also while it is asked again", () => {
  expect(judgeList(answered, 0)).toBe("empty");
  expect(judgeList({ ...answered, isFetching: true }, 0)).toBe("empty");
  // Answered a moment ago for another page: nothing is asked, so nothing would end a wait.
  expect(judgeList({ ...answered, isFetchedAfterMount: false }, 0)).toBe("empty");
});

it("shows what is there at once, and goes on showing it when an answer fails", () => {
  expect([remembered, otherFilter, answered].map((query) => judgeList(query, 3))).toEqual([
    "filled",
    "filled",
    "filled",
  ]);
  expect(judgeList({ ...answered, isError: true }, 3)).toBe("filled");
});

it("is refused only while there is nothing to show", () => {
  expect(judgeList({ ...firstTime, isError: true, isFetching: false }, 0)).toBe("refused");
});
