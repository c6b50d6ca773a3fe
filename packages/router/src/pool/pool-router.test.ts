import { describe, expect, it } from "vitest";
import { buildBackend, buildPool, FakePorts } from "../../test/build-slice.ts";
import type { PickReason } from "./pick-replica.ts";
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

/** Time passes with every look at the clock, and timers fire within the millisecond before they are due, as Node's do. */
class PassingPorts extends FakePorts {
  readonly #perLookMs: number;

  constructor(perLookMs: number) {
    super();
    this.#perLookMs = perLookMs;
  }

  override now(): number {
    return (this.nowMs += this.#perLookMs);
  }

  override after(delayMs: number, run: () => void): () => void {
    return super.after(Math.floor(delayMs), run);
  }
}

describe("PoolRouter", () => {
  it("gives a waiter the replica that comes back up between two looks at the clock", () => {
    for (let perLookMs = 0.01; perLookMs < 1; perLookMs += 0.01) {
      const { router, ports, ask } = start({ replicas: ["a"] }, new PassingPorts(perLookMs));
      router.markDown("a", 1_000.5);
      const waiter = ask();
      ports.advance(1_100);
      expect(waiter.granted, `${perLookMs} ms per look`).toHaveLength(1);
    }
  });

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

describe("PoolRouter and failing replicas", () => {
  it("ejects one that refuses connections, longer each time, and probes it with one request", () => {
    const { router, ports, ask } = start({ replicas: ["a", "b", "c", "d"], maxOngoingRequests: 10 });
    const fail = (): number => {
      const waiter = new TestWaiter();
      waiter.excluded = new Set(["b", "c", "d"]);
      router.wait(waiter);
      expect(waiter.replica.replicaId).toBe("a");
      return router.fail(waiter.replica, "unreachable").forMs;
    };
    expect(fail()).toBe(1_000);
    expect(Array.from({ length: 8 }, () => ask().replica.replicaId)).not.toContain("a");
    ports.advance(1_000);
    expect(fail()).toBe(2_000);
    ports.advance(2_000);
    const probe = new TestWaiter();
    probe.excluded = new Set(["b", "c", "d"]);
    router.wait(probe);
    const second = new TestWaiter();
    second.excluded = probe.excluded;
    router.wait(second);
    expect([probe.granted.length, second.granted.length]).toEqual([1, 0]);
    expect(router.counts.picks.probe).toBe(2);
    router.heardFrom(probe.replica);
    expect(second.replica.replicaId).toBe("a");
  });

  it("does not take the end of a request that was given up for an answer", () => {
    const { router, ports, ask } = start({ replicas: ["a"], maxOngoingRequests: 5 });
    router.fail(ask().replica, "unreachable");
    ports.advance(2_000);
    const [probe, second, third] = [ask(), ask(), ask()];
    router.release(probe.replica, false);
    expect([second.granted.length, third.granted.length]).toEqual([1, 0]);
    router.release(second.replica);
    expect(third.granted.length).toBe(1);
    expect(Array.from({ length: 4 }, () => ask().granted.length)).toEqual([1, 1, 1, 1]);
  });

  it("ejects one that loses requests only after some in a row, and at most half of the pool", () => {
    const { router, ask } = start({ replicas: ["a", "b", "c", "d"], maxOngoingRequests: 10 });
    const waiters = Array.from({ length: 40 }, () => ask());
    const reasons = waiters.map(({ replica }) => router.fail(replica, "lost").reason);
    expect(router.counts.ejections.failures_in_a_row).toBe(2);
    expect(reasons).toContain("share_reached");
    expect(ask().granted.length).toBe(1);
  });

  it("forgets earlier failures once the replica answers", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 10 });
    for (let i = 0; i < 5; i += 1) {
      router.fail(ask().replica, "lost");
      router.fail(ask().replica, "lost");
      router.release(ask().replica);
    }
    expect(router.counts.ejections).toMatchObject({ below_threshold: 10, failures_in_a_row: 0, last_one: 0 });
  });
});

describe("PoolRouter without a replica", () => {
  it("holds a request while its application scales from zero, and wakes as many as the replica has places", () => {
    const { router, ports, ask } = start({ replicas: [], maxOngoingRequests: 2 });
    const waiters = Array.from({ length: 5 }, () => ask());
    ports.advance(30_000);
    router.update(buildPool({ replicas: ["a"], maxOngoingRequests: 2 }));
    expect(waiters.map(({ granted }) => granted.length)).toEqual([1, 1, 0, 0, 0]);
    expect(router.counts.waits.wait_for_replica).toBe(5);
  });

  it("gives up after the limit, also for requests that waited as the pool became empty", () => {
    const { router, ports, ask } = start({ replicas: ["a"], maxOngoingRequests: 1 });
    const running = ask();
    const waiting = ask();
    ports.advance(100_000);
    expect(waiting.refused).toEqual([]);
    router.update(buildPool({ replicas: [] }));
    ports.advance(59_000);
    const late = ask();
    ports.advance(999);
    expect(waiting.refused).toEqual([]);
    ports.advance(1);
    expect([waiting.refused, late.refused]).toEqual([["no_replica"], []]);
    ports.advance(59_000);
    expect(late.refused).toEqual(["no_replica"]);
    router.release(running.replica);
    expect(ports.timerCount).toBe(0);
  });

  it("gives up after the limit when the only replica keeps failing, whoever probes it", () => {
    const { router, ports } = start({ replicas: ["a"] });
    const waiter = new TestWaiter();
    waiter.onGrant = (replica) => {
      waiter.granted.push(replica);
      router.fail(replica, "unreachable");
      router.wait(waiter);
    };
    router.wait(waiter);
    ports.advance(59_000);
    expect(waiter.refused).toEqual([]);
    ports.advance(2_000);
    expect(waiter.refused).toEqual(["no_replica"]);
    expect(waiter.granted.length).toBeGreaterThan(40);
    expect(ports.timerCount).toBe(0);
  });

  it("holds on while a replica works, however long", () => {
    const { ports, ask } = start({ replicas: ["a"], maxOngoingRequests: 1 });
    ask();
    const waiting = ask();
    ports.advance(1e7);
    expect([waiting.granted.length, waiting.refused.length]).toEqual([0, 0]);
  });
});

describe("PoolRouter near its caller and its models", () => {
  const two = (maxOngoingRequests: number) => ({
    ...buildPool({ maxOngoingRequests }),
    backends: [buildBackend("far", "n2"), buildBackend("near", "n1")],
  });

  it("prefers replicas of its own node and spills over when they are full", () => {
    const router = new PoolRouter(two(2), new FakePorts(), { nodeId: "n1" });
    const asked = Array.from({ length: 4 }, () => {
      const told: { pickReason: PickReason | "" } = { pickReason: "" };
      const waiter = Object.assign(new TestWaiter(), told);
      router.wait(waiter);
      return `${waiter.replica.replicaId} ${waiter.pickReason}`;
    });
    expect(asked).toEqual(["near local", "near local", "far least_of_two", "far least_of_two"]);
    expect(router.counts.picks).toMatchObject({ local: 2, least_of_two: 2 });
  });

  const forModel = (modelId: string): TestWaiter => Object.assign(new TestWaiter(), { modelId });

  it("sends a model's requests where the first one went, and where the replicas say it is", () => {
    const { router } = start({ replicas: ["a", "b", "c"], maxOngoingRequests: 10 });
    const first = forModel("m");
    router.wait(first);
    const second = forModel("m");
    router.wait(second);
    expect(second.replica).toBe(first.replica);
    router.setModels(first.replica.replicaId, []);
    router.setModels("c", ["m"]);
    const third = forModel("m");
    router.wait(third);
    expect(third.replica.replicaId).toBe("c");
    expect(router.counts.picks).toMatchObject({ fewest_models: 1, holds_model: 2 });
  });

  it("waits a little for a busy holder while others have room, lets others pass, then takes another", () => {
    const { router, ports, ask } = start({ replicas: ["a", "b"], maxOngoingRequests: 1 });
    router.setModels("a", ["m"]);
    const [first, second] = [forModel("m"), forModel("m")];
    router.wait(first);
    router.wait(second);
    expect([first.granted.length, second.granted.length]).toEqual([1, 0]);
    expect(router.counts.waits.wait_for_model).toBe(1);
    const other = ask();
    expect(other.replica.replicaId).toBe("b");
    router.release(other.replica);
    expect(second.granted.length).toBe(0);
    ports.advance(999);
    expect(second.granted.length).toBe(0);
    ports.advance(1);
    expect(second.replica.replicaId).toBe("b");
    expect(ports.timerCount).toBe(0);
  });

  it("takes the holder if it becomes free in time", () => {
    const { router } = start({ replicas: ["a", "b"], maxOngoingRequests: 1 });
    router.setModels("a", ["m"]);
    const [first, second] = [forModel("m"), forModel("m")];
    router.wait(first);
    router.wait(second);
    router.release(first.replica);
    expect(second.replica.replicaId).toBe("a");
  });

  it("remembers a bounded number of models that clients made up", () => {
    const { router, ask } = start({ replicas: ["a"], maxOngoingRequests: 5 });
    const { replica } = ask();
    for (let i = 0; i < 5_000; i += 1) {
      const waiter = forModel(`made-up-${String(i)}`);
      router.wait(waiter);
      router.release(waiter.replica);
    }
    expect(replica.models?.size).toBeLessThanOrEqual(1_024);
  });
});

describe("PoolRouter and retries", () => {
  it("stops repeating when the budget is used up, and has it again with new requests", () => {
    const { router, ports, ask } = start({ replicas: ["a"], maxOngoingRequests: 10_000 });
    const facts = { outcome: "taken", attempts: 1, deaths: 1, method: "GET", responseStarted: false } as const;
    let granted = 0;
    while (router.planRetry(facts).retry) granted += 1;
    expect(granted).toBe(100);
    expect(router.planRetry(facts).code).toBe("budget");
    for (let i = 0; i < 100; i += 1) ask();
    ports.advance(1);
    granted = 0;
    while (router.planRetry(facts).retry) granted += 1;
    expect(granted).toBe(20);
    expect(router.counts.retries).toMatchObject({ safe_method: 120, budget: 3 });
  });
});
