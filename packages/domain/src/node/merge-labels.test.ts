import { expect, it } from "vitest";
import { changeOverrides, mergeLabels } from "./merge-labels.ts";

const reported = { zone: "a", disk: "ssd" };

it("what people set wins over what the agent reports, and null takes a label away", () => {
  expect(mergeLabels(reported, { zone: "b", disk: null, team: "nlp" })).toEqual({ zone: "b", team: "nlp" });
});

it("an override ends when it says what the agent says", () => {
  const before = { zone: "b", disk: null };
  expect(changeOverrides(reported, before, { zone: "a" })).toEqual({ disk: null });
  expect(changeOverrides(reported, before, { disk: "ssd" })).toEqual({ zone: "b" });
  expect(changeOverrides(reported, { team: "nlp" }, { team: null, zone: null })).toEqual({ zone: null });
});
