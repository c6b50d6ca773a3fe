import { describe, expect, it } from "vitest";
import { pickLoad } from "./pick-load.ts";

describe("pickLoad", () => {
  const load = (queued: number, sent: number) => new Map([["p", { queued, sent }]]);
  const none = new Map<string, { queued: number; sent: number }>();

  it("adds what gateways and handles send to an ingress pool", () => {
    expect(pickLoad({ poolId: "p", heardFrom: "gateways" }, load(2, 3), load(4, 5))).toEqual({ queued: 6, sent: 8 });
  });

  it("knows nothing of an ingress pool that no gateway speaks of, although handles do", () => {
    expect(pickLoad({ poolId: "p", heardFrom: "gateways" }, none, load(4, 5))).toBeNull();
  });

  it("does not take the gateways' zero for idleness of a pool that handles call", () => {
    expect(pickLoad({ poolId: "p", heardFrom: "handles" }, load(0, 0), none)).toBeNull();
    expect(pickLoad({ poolId: "p", heardFrom: "handles" }, load(0, 0), load(1, 2))).toEqual({ queued: 1, sent: 2 });
  });
});
