import { expect, it } from "vitest";
import { readHops, writeHops } from "./hop.ts";
import type { Hop } from "./hop.ts";

const below: readonly Hop[] = [
  { metric: "batch", ms: 1.234, way: "", note: "8 of 32, full" },
  { metric: "model", ms: 3, way: "", note: "" },
  { metric: "call", ms: 12.5, way: "Store.find", note: "" },
];

it("a caller sees what was beneath its call, and on which way", () => {
  expect(readHops(writeHops(below), "Model.predict")).toEqual([
    { metric: "batch", ms: 1.23, way: "Model.predict", note: "8 of 32, full" },
    { metric: "model", ms: 3, way: "Model.predict", note: "" },
    { metric: "call", ms: 12.5, way: "Model.predict > Store.find", note: "" },
  ]);
});

it("ways grow with each deployment in between", () => {
  const middle = readHops(writeHops(below), "Model.predict");
  expect(readHops(writeHops(middle), "Front.ask").map(({ way }) => way)).toEqual([
    "Front.ask > Model.predict",
    "Front.ask > Model.predict",
    "Front.ask > Model.predict > Store.find",
  ]);
});

it("leaves out what is no hop", () => {
  const headers = [
    "sluice-parts",
    "1,2",
    "sluice-hop",
    "nonsense",
    "sluice-hop",
    "call;-1;x;",
    "sluice-hop",
    "other;1;x;",
  ];
  expect(readHops(headers, "A.b")).toEqual([]);
});
