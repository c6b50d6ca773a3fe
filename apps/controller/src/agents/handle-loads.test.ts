import { expect, it } from "vitest";
import { HandleLoads } from "./handle-loads.ts";

it("sums what the routers of replicas say of a pool, newest word only, and forgets the silent", () => {
  const loads = new HandleLoads();
  loads.note("r1", [{ poolId: "p1", queued: 9, sent: 9 }], 0);
  loads.note("r1", [{ poolId: "p1", queued: 1, sent: 2 }], 500);
  loads.note("r2", [{ poolId: "p1", queued: 0, sent: 3 }], 0);
  expect(loads.sum(500)).toEqual(new Map([["p1", { queued: 1, sent: 5 }]]));
  expect(loads.sum(1_900)).toEqual(new Map([["p1", { queued: 1, sent: 2 }]]));
  expect(loads.sum(2_001)).toEqual(new Map());
});
