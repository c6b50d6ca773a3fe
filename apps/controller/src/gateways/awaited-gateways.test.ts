import { expect, it } from "vitest";
import { AwaitedGateways } from "./awaited-gateways.ts";

const applied = (version: number) => new Map([["digits", { application: "digits", epoch: 1, version }]]);
const question = { application: "digits", wanted: { epoch: 1, version: 5 }, wereInForce: false, linked: 1 };

it("awaits a gateway that was lost before it had the weights: a little beside others, long when none is linked", () => {
  const awaited = new AwaitedGateways();
  expect(awaited.untilMs(question)).toBeNull();
  awaited.lose("a", { applied: applied(4), lostAtMs: 1_000 });
  awaited.lose("b", { applied: applied(5), lostAtMs: 9_000 });
  expect(awaited.untilMs(question)).toBe(31_000);
  expect(awaited.untilMs({ ...question, linked: 0 })).toBe(601_000);
  awaited.settle("a");
  expect(awaited.untilMs({ ...question, linked: 0 })).toBeNull();
});

it("awaits one that a former leader had only for weights that were still on their way", () => {
  const awaited = new AwaitedGateways();
  awaited.lose("a", { applied: null, lostAtMs: 1_000 });
  expect(awaited.untilMs(question)).toBe(31_000);
  expect(awaited.untilMs({ ...question, wereInForce: true })).toBeNull();
});
