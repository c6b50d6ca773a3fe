import { expect, it } from "vitest";
import { labelProblem, listLabels } from "./label-rows.ts";

it("tells where each label comes from, also those that were taken away", () => {
  const rows = listLabels({
    labels: { disk: "ssd", zone: "b", team: "nlp" },
    reported_labels: { disk: "ssd", zone: "a", rack: "7" },
    label_overrides: { zone: "b", team: "nlp", rack: null },
  });
  expect(rows).toEqual([
    { name: "disk", value: "ssd", reported: "ssd", origin: "agent" },
    { name: "rack", value: null, reported: "7", origin: "taken" },
    { name: "team", value: "nlp", reported: null, origin: "set" },
    { name: "zone", value: "b", reported: "a", origin: "changed" },
  ]);
});

it("says what is wrong with a name or value while it is typed", () => {
  expect(labelProblem("zone", "rack-2")).toBeUndefined();
  expect(labelProblem("example.com/zone", "")).toBeUndefined();
  expect(labelProblem("", "x")).toMatch(/needs a name/);
  expect(labelProblem("-zone", "x")).toMatch(/name/);
  expect(labelProblem("zone", "a b")).toMatch(/value/);
});
