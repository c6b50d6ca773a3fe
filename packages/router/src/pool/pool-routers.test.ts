import { describe, expect, it } from "vitest";
import { buildPool, buildSlice, FakePorts } from "../../test/build-slice.ts";
import { PoolRouters } from "./pool-routers.ts";
import type { Waiter } from "./wait-queue.ts";

function waiter(): Waiter & { refusals: string[] } {
  const refusals: string[] = [];
  return {
    order: -1,
    deadlineMs: Number.POSITIVE_INFINITY,
    excluded: null,
    refusals,
    onGrant: () => undefined,
    onRefuse: (refusal) => refusals.push(refusal),
  };
}

describe("PoolRouters", () => {
  it("keeps a pool's router over slice changes and counts a vanished pool until its last request ends", () => {
    const routers = new PoolRouters(new FakePorts());
    routers.update([buildSlice({ pools: { p1: buildPool({ replicas: ["a"], maxOngoingRequests: 1 }) } })]);
    const router = routers.get("p1");
    const running = router?.tryAcquire(waiter());
    const waits = waiter();
    router?.wait(waits);
    routers.update([buildSlice({ version: 2, pools: { p1: buildPool({ replicas: ["a"], maxOngoingRequests: 1 }) } })]);
    expect(routers.get("p1")).toBe(router);
    expect(routers.load()).toEqual([{ poolId: "p1", queued: 1, sent: 1 }]);

    routers.update([]);
    expect(routers.get("p1")).toBeUndefined();
    expect(waits.refusals).toEqual(["closed"]);
    expect(routers.load()).toEqual([{ poolId: "p1", queued: 0, sent: 1 }]);
    if (running !== undefined) router?.release(running);
    expect(routers.load()).toEqual([]);
  });
});
