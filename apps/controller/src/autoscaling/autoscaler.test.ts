import type { StatusBatch } from "@sluice/db";
import { describe, expect, it } from "vitest";
import type { AutoscaledPool } from "./autoscaled-pool.ts";
import { Autoscaler, autoscaleMs } from "./autoscaler.ts";
import { policyOf } from "./policy-of.ts";

const options = {
  min_replicas: 0,
  initial_replicas: null,
  max_replicas: 10,
  target_ongoing_requests: 2,
  metrics_interval_s: 10,
  look_back_period_s: 2,
  upscaling_factor: 1,
  downscaling_factor: 1,
  upscale_delay_s: 2,
  downscale_delay_s: 3,
  downscale_to_zero_delay_s: 3,
  aggregation_function: "mean" as const,
  schedules: [],
  queue_fast_path: false,
};

/** One pool whose replicas follow the target at once, and a database that may be away. */
class Stage {
  nowMs = 1_000_000;
  target = 1;
  isStored = true;
  isServing = true;
  load: number | null = 0;
  isAway = false;
  policy = policyOf(options);
  readonly woken: string[] = [];
  readonly errors: unknown[] = [];
  readonly batches: StatusBatch[] = [];
  readonly autoscaler: Autoscaler;

  constructor() {
    this.autoscaler = new Autoscaler(() => this.nowMs, {
      listPools: () => ({ pools: [this.#pool()], leftovers: [] }),
      gatewayLoad: () => new Map(this.load === null ? [] : [["pool", { queued: 0, sent: this.load }]]),
      handleLoad: () => new Map(),
      save: async (_applicationId, decide) => this.#save(decide()),
      wake: (applicationId) => this.woken.push(applicationId),
      onError: (error) => this.errors.push(error),
    });
  }

  async run(seconds: number): Promise<void> {
    for (let tick = 0; tick < (seconds * 1000) / autoscaleMs; tick += 1) {
      this.nowMs += autoscaleMs;
      this.autoscaler.tick();
      await this.autoscaler.settled();
    }
  }

  #save(batch: StatusBatch | null): StatusBatch | null {
    if (this.isAway) throw new Error("the database is away");
    if (batch === null) return null;
    this.batches.push(batch);
    this.target = batch.autoscalers[0]?.target ?? this.target;
    this.isStored = true;
    return batch;
  }

  #pool(): AutoscaledPool {
    return {
      poolId: "pool",
      projectId: "default",
      applicationId: "app-id",
      application: "app",
      deployment: "model",
      revision: 1,
      policy: this.policy,
      maxOngoingRequests: 100,
      ready: this.target,
      currentTarget: this.target,
      isStored: this.isStored,
      isServing: this.isServing,
      heardFrom: "gateways",
    };
  }
}

describe("Autoscaler", () => {
  it("writes only when a number changes, with an event that carries its numbers, and wakes the application", async () => {
    const stage = new Stage();
    await stage.run(2);
    expect(stage.batches).toHaveLength(0);
    stage.load = 9;
    await stage.run(4);
    expect(stage.batches.map(({ autoscalers }) => autoscalers[0]?.target)).toEqual([5]);
    expect(stage.woken).toEqual(["app-id"]);
    expect(stage.batches[0]?.events).toEqual([
      expect.objectContaining({
        reason: "Autoscaled",
        message: expect.stringMatching(/^model: .+ requests ongoing \/ target 2 = .+: up from 1 to 5$/),
        numbers: expect.objectContaining({ before: 1, target: 5, queued: 0, sent: 9, max_replicas: 10 }),
        application: "app",
        deployment: "model",
      }),
    ]);
  });

  it("stores where a pool begins, without an event", async () => {
    const stage = new Stage();
    stage.isStored = false;
    await stage.run(1);
    expect(stage.batches).toHaveLength(1);
    expect(stage.batches[0]).toMatchObject({ autoscalers: [{ poolId: "pool", target: 1 }], events: [] });
  });

  it("does not judge a revision that gets no requests yet by their absence", async () => {
    const stage = new Stage();
    stage.target = 4;
    stage.isServing = false;
    await stage.run(60);
    expect(stage.autoscaler.evaluations()[0]?.decision.reason).toBe("It gets no requests yet: begins with 4");
    stage.isServing = true;
    await stage.run(2.75);
    expect(stage.target).toBe(4);
    await stage.run(1);
    expect(stage.target).toBe(1);
  });

  it("keeps the timer that led to a number which could not be written, and writes it when the database is back", async () => {
    const stage = new Stage();
    stage.load = 9;
    stage.isAway = true;
    await stage.run(5);
    expect(stage.errors.length).toBeGreaterThan(5);
    stage.isAway = false;
    await stage.run(autoscaleMs / 1000);
    expect(stage.target).toBe(5);
  });

  it("keeps the number through a silence of all routers, says so, and goes down only after a look-back of reports", async () => {
    const stage = new Stage();
    stage.target = 4;
    stage.load = null;
    await stage.run(60);
    expect(stage.autoscaler.evaluations("app-id")).toMatchObject([
      { deployment: "model", decision: { target: 4, path: "no_data", reason: expect.stringContaining("No router") } },
    ]);
    stage.load = 0;
    await stage.run(2.75);
    expect(stage.target).toBe(4);
    await stage.run(1);
    expect(stage.target).toBe(1);
    expect(stage.autoscaler.evaluations("another")).toEqual([]);
  });

  it("starts timers anew when the policy changes", async () => {
    const stage = new Stage();
    stage.load = 9;
    await stage.run(1.5);
    stage.policy = policyOf({ ...options, max_replicas: 9 });
    await stage.run(1.5);
    expect(stage.target).toBe(1);
    await stage.run(1);
    expect(stage.target).toBe(5);
  });

  it("holds the bounds of a schedule window while it is open", async () => {
    const stage = new Stage();
    stage.nowMs = Date.parse("2026-03-04T07:59:58Z");
    const window = { start: "0 8 * * *", end: "1 8 * * *", timezone: "UTC", min_replicas: 3, max_replicas: 6 };
    stage.policy = policyOf({ ...options, min_replicas: 1, schedules: [window] });
    await stage.run(1.5);
    expect(stage.target).toBe(1);
    await stage.run(1);
    expect(stage.target).toBe(3);
    expect(stage.batches.at(-1)?.events[0]?.message).toContain("of the open schedule window hold: up from 1 to 3");
    await stage.run(70);
    expect(stage.target).toBe(1);
  });
});
