import { expect, it } from "vitest";
import { AwaitedGateways } from "./awaited-gateways.ts";

const applied = (version: number) => new Map([["digits", { application: "digits", epoch: 1, version }]]);
const lost = (name: string, version: number, lostAtMs: number) => ({ name, applied: applied(version), lostAtMs });
const weights = { application: "digits", wanted: { epoch: 1, version: 5 }, former: null, isDeleting: false };

it("awaits a gateway that was lost before it had the weights: a little beside others, long when none is linked", () => {
  const awaited = new AwaitedGateways();
  expect(awaited.find(weights, 1)).toBeNull();
  awaited.lose("a", lost("east", 4, 1_000));
  awaited.lose("b", lost("west", 5, 9_000));
  expect(awaited.find(weights, 1)).toEqual({ untilMs: 31_000, gateways: ["east"] });
  expect(awaited.find(weights, 0)).toEqual({ untilMs: 601_000, gateways: ["east"] });
  awaited.settle("a");
  expect(awaited.find(weights, 0)).toBeNull();
});

it("awaits one that a former leader had only for weights that it did not have", () => {
  const awaited = new AwaitedGateways();
  awaited.lose("a", lost("east", 4, 1_000));
  const ofNewLeader = { ...weights, wanted: { epoch: 2, version: 1 } };
  expect(awaited.find(ofNewLeader, 1)?.untilMs).toBe(31_000);
  expect(awaited.find({ ...ofNewLeader, former: { epoch: 1, version: 5 } }, 1)?.untilMs).toBe(31_000);
  expect(awaited.find({ ...ofNewLeader, former: { epoch: 1, version: 4 } }, 1)).toBeNull();
});

it("gives the others of a broken way time from the first one that is back, within ten minutes of the loss", () => {
  const awaited = new AwaitedGateways();
  awaited.lose("a", lost("east", 4, 1_000));
  awaited.noteFirstLink(200_000);
  expect(awaited.find(weights, 1)?.untilMs).toBe(230_000);
  awaited.noteFirstLink(599_000);
  expect(awaited.find(weights, 1)?.untilMs).toBe(601_000);
});

it("counts one that comes and goes without taking over the weights from its first loss, and anew once it had them", () => {
  const awaited = new AwaitedGateways();
  expect(awaited.lose("a", lost("east", 4, 1_000))).toBe(1_000);
  awaited.welcome("a");
  expect(awaited.find(weights, 0)).toBeNull();
  expect(awaited.lose("a", lost("east", 4, 300_000))).toBe(1_000);
  expect(awaited.find(weights, 0)?.untilMs).toBe(601_000);
  awaited.welcome("a");
  awaited.settle("a");
  expect(awaited.lose("a", lost("east", 4, 400_000))).toBe(400_000);
});

it("keeps a deletion waiting for a little while only", () => {
  const awaited = new AwaitedGateways();
  awaited.lose("a", lost("east", 4, 1_000));
  awaited.noteFirstLink(20_000);
  expect(awaited.find({ ...weights, isDeleting: true }, 0)?.untilMs).toBe(31_000);
  expect(awaited.find({ ...weights, isDeleting: true }, 1)?.untilMs).toBe(31_000);
});
