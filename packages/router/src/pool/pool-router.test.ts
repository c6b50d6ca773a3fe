import { describe, expect, it } from "vitest";
import { buildBackend, buildPool, FakePorts } from "../../test/build-slice.ts";
import type { PoolReplica } from "./pool-replica.ts";
import { PoolRouter } from "./pool-router.ts";
import type { WaitRefusal, Waiter } from "./wait-queue.ts";

class TestWaiter implements Waiter {
  order = -1;
  deadlineMs: number;
  excluded: ReadonlySet<string> | null = null;
  granted: PoolReplica[] = [];
  refused: WaitRefusal[] = [];

  constructor(deadlineMs = Number.POSITIVE_INFINITY) {
    this.deadlineMs = deadlineMs;
  }

  onGrant(replica: PoolReplica): void {
    this.granted.push(replica);
  }

  onRefuse(refusal: WaitRefusal): void {
    this.refused.push(refusal);
  }

  get replica(): PoolReplica {
    const last = this.granted.at(-1);
    if (last === undefined) throw new Error("not granted");
    return last;
  }
}

function start(overrides: Parameters<typeof buildPool>[0] = {}, ports = new FakePorts()) {
  const router = new PoolRouter(buildPool(overrides), ports);
  const ask = (deadlineMs?: number): TestWaiter => {
    const waiter = new TestWaiter(deadlineMs);
    router.wait(waiter);
    return waiter;
  };
  return { router, ports, ask };
}

describe("PoolRouter", () => {
  it("spreads requests over replicas and respects max_ongoing_requests by its own count", () => {
    const { router, ask } = start({ maxOngoingRequests: 2 });
    const waiters = [ask(), ask(), ask(), ask(), ask()];
    expect(
      waiters
        .slice(0, 4)
        .map((w) => w.replica.replicaId)
        .sort(),
    ).toEqual(["a", "a", "b", "b"]);
    expect(waiters[4]?.granted).toEqual([]);
    expect(router.load()).toEqual({ poolId: "p1", queued: 1, sent: 4 });
  });

  it("gives a freed place to the one who waited longest, and to one only", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 1 });
    const [first, second, third] = [ask(), ask(), ask()];
    router.release(first.replica);
    expect([second.granted.length, third.granted.length]).toEqual([1, 0]);
    expect(router.tryAcquire(new TestWaiter())).toBeUndefined();
  });

  it("puts a rejected request back into its old place, beyond max_queued_requests", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 2, maxQueuedRequests: 1 });
    const first = ask();
    const second = ask();
    const third = ask();
    expect(ask().refused).toEqual(["queue_full"]);
    router.reject(second.replica, 1);
    router.wait(second);
    expect(router.queued).toBe(2);
    router.release(first.replica);
    expect([second.granted.length, third.granted.length]).toEqual([2, 0]);
  });

  it("sends nothing to a saturated replica until it announces a place, then exactly one request", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 10 });
    const first = ask();
    router.reject(first.replica, 10);
    router.wait(first);
    const others = [ask(), ask()];
    expect(router.queued).toBe(3);
    router.announceSlot("a");
    expect([first.granted.length, ...others.map((w) => w.granted.length)]).toEqual([2, 0, 0]);
    router.announceSlot("a");
    router.announceSlot("a");
    expect(others.map((w) => w.granted.length)).toEqual([1, 1]);
  });

  it("tries a saturated replica again with one request when its SLOT does not come", () => {
    const { router, ports, ask } = start({ replicas: ["a"], maxOngoingRequests: 10 });
    const first = ask();
    router.reject(first.replica, 10);
    router.wait(first);
    const second = ask();
    ports.advance(300);
    expect([first.granted.length, second.granted.length]).toEqual([2, 0]);
  });

  it("prefers a replica that did not say REJECT", () => {
    const { router, ask } = start({ maxOngoingRequests: 10 });
    const first = ask();
    const busy = first.replica;
    router.reject(busy, 10);
    router.wait(first);
    expect(first.replica).not.toBe(busy);
    expect(ask().replica).not.toBe(busy);
  });

  it("wakes waiters when replicas join", () => {
    const { router, ask } = start({ replicas: [] });
    const waiter = ask();
    expect(waiter.granted).toEqual([]);
    router.update(buildPool({ replicas: ["c"] }));
    expect(waiter.replica.replicaId).toBe("c");
  });

  it("counts requests on a replica that left until they end, and sends it nothing new", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 5 });
    const first = ask();
    router.update(buildPool({ replicas: ["b"] }));
    expect(ask().replica.replicaId).toBe("b");
    expect(router.load().sent).toBe(2);
    router.release(first.replica);
    expect(router.load().sent).toBe(1);
    expect(() => router.release(first.replica)).toThrow("paid back more often");
  });

  it("refuses at the deadline, and keeps no timer when nobody waits", () => {
    const { ports, ask } = start({ replicas: [] });
    const [late, early] = [ask(500), ask(200)];
    ports.advance(200);
    expect([late.refused, early.refused]).toEqual([[], ["deadline"]]);
    ports.advance(300);
    expect(late.refused).toEqual(["deadline"]);
    expect(ports.timerCount).toBe(0);
    expect(ask(ports.nowMs).refused).toEqual(["deadline"]);
  });

  it("lets a request pass one that may not see the only free replica", () => {
    const { router } = start({ replicas: ["a", "b"], maxOngoingRequests: 1 });
    router.markDown("b", 1000);
    const picky = new TestWaiter();
    picky.excluded = new Set(["a"]);
    router.wait(picky);
    const other = new TestWaiter();
    router.wait(other);
    expect([picky.granted.length, other.granted.length]).toEqual([0, 1]);
    router.markUp("b");
    expect(picky.replica.replicaId).toBe("b");
  });

  it("does not let a request wait for ever for another replica than the only one", () => {
    const { router } = start({ replicas: ["a", "b"], maxOngoingRequests: 1 });
    router.markDown("b", 1000);
    const picky = new TestWaiter();
    picky.excluded = new Set(["a"]);
    router.wait(picky);
    expect(picky.granted.length).toBe(0);
    router.update(buildPool({ replicas: ["a"], maxOngoingRequests: 1 }));
    expect(picky.replica.replicaId).toBe("a");
  });

  it("leaves a replica alone while it is down and takes it back by itself", () => {
    const { router, ports, ask } = start({ replicas: ["a"] });
    router.markDown("a", 1000);
    const waiter = ask();
    ports.advance(999);
    expect(waiter.granted).toEqual([]);
    ports.advance(1);
    expect(waiter.replica.replicaId).toBe("a");
  });

  it("forgets who went away, and refuses all on close", () => {
    const { router, ports, ask } = start({ replicas: [] });
    const [gone, stays] = [ask(100), ask(100)];
    expect(router.cancel(gone)).toBe(true);
    expect(router.cancel(gone)).toBe(false);
    router.close();
    expect([gone.refused, stays.refused, ask().refused]).toEqual([[], ["closed"], ["closed"]]);
    ports.advance(1000);
    expect(stays.refused).toEqual(["closed"]);
  });

  it("keeps the order when a grant releases within the same call", () => {
    const { router } = start({ replicas: ["a"], maxOngoingRequests: 1 });
    const order: number[] = [];
    const holder = new TestWaiter();
    router.wait(holder);
    for (let i = 0; i < 4; i += 1) {
      const waiter = new TestWaiter();
      waiter.onGrant = (replica) => {
        order.push(i);
        router.release(replica);
      };
      router.wait(waiter);
    }
    router.release(holder.replica);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(router.load()).toEqual({ poolId: "p1", queued: 0, sent: 0 });
  });

  it("takes a new address of a known replica", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 5 });
    const moved = { ...buildBackend("a"), nodeId: "n2" };
    router.update({ ...buildPool({ maxOngoingRequests: 5 }), backends: [moved] });
    expect(ask().replica.backend.nodeId).toBe("n2");
  });
});
