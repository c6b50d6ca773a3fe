import { expect, it } from "vitest";
import { judgeEcho } from "./filter-text.ts";

it("does not let the late echo of an earlier text overwrite a later one", () => {
  expect(judgeEcho(["g", "gn", "gn?"], "gn")).toEqual({ pending: ["gn?"], isForeign: false });
  expect(judgeEcho(["gn?"], "gn?")).toEqual({ pending: [], isForeign: false });
});

it("takes what comes from elsewhere", () => {
  expect(judgeEcho([], "other")).toEqual({ pending: [], isForeign: true });
  expect(judgeEcho(["g"], "")).toEqual({ pending: [], isForeign: true });
});
