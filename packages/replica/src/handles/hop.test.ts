import { expect, it } from "vitest";
import { readHops, writeHops } from "./hop.ts";
import type { Hop } from "./hop.ts";

const below: readonly Hop[] = [
  { metric: "batch", ms: 1.234, note: "8 of 32, full" },
  { metric: "model", ms: 3, note: "" },
  { metric: "call", ms: 12.5, note: "Store.find" },
];

it("a caller sees what was beneath its call, and on which way", () => {
  expect(readHops(writeHops(below), "Model.predict")).toEqual([
    { metric: "batch", ms: 1.23, note: "Model.predict: 8 of 32, full" },
    { metric: "model", ms: 3, note: "Model.predict" },
    { metric: "call", ms: 12.5, note: "Model.predict > Store.find" },
  ]);
});

it("ways grow with each deployment in between", () => {
  const middle = readHops(writeHops(below), "Model.predict");
  expect(readHops(writeHops(middle), "Front.ask").at(-1)?.note).toBe("Front.ask > Model.predict > Store.find");
});

it("leaves out what is no hop", () => {
  const headers = [
    "sluice-parts",
    "1,2",
    "sluice-hop",
    "nonsense",
    "sluice-hop",
    "call;-1;x",
    "sluice-hop",
    "other;1;x",
  ];
  expect(readHops(headers, "A.b")).toEqual([]);
});
