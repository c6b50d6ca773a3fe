import { expect, it } from "vitest";
import { labelProblem, listLabels } from "./label-rows.ts";

it("tells where each label comes from, also those that were taken away; its own id stands last", () => {
  const rows = listLabels({
    labels: { "ray.io/node-id": "n1", disk: "ssd", zone: "b", team: "nlp" },
    reported_labels: { "ray.io/node-id": "n1", disk: "ssd", zone: "a", rack: "7" },
    label_overrides: { zone: "b", team: "nlp", rack: null },
  });
  expect(rows).toEqual([
    { name: "disk", value: "ssd", reported: "ssd", origin: "agent", isOwn: false },
    { name: "rack", value: null, reported: "7", origin: "taken", isOwn: false },
    { name: "team", value: "nlp", reported: null, origin: "set", isOwn: false },
    { name: "zone", value: "b", reported: "a", origin: "changed", isOwn: false },
    { name: "ray.io/node-id", value: "n1", reported: "n1", origin: "agent", isOwn: true },
  ]);
});

it("says what is wrong with a name or value while it is typed", () => {
  expect(labelProblem("zone", "rack-2")).toBeUndefined();
  expect(labelProblem("example.com/zone", "")).toBeUndefined();
  expect(labelProblem("", "x")).toMatch(/needs a name/);
  expect(labelProblem("-zone", "x")).toMatch(/name/);
  expect(labelProblem("zone", "a b")).toMatch(/value/);
});
