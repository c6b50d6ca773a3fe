import type { ResolvedAutoscaling } from "@sluice/contracts";
import type { AutoscalerStatus } from "@sluice/db";
import { describe, expect, it } from "vitest";
import type { ApplicationPart } from "../state/application-part.ts";
import { boundsInForce } from "./bounds-in-force.ts";
import { listPools } from "./list-pools.ts";

const autoscaling: ResolvedAutoscaling = {
  min_replicas: 1,
  initial_replicas: null,
  max_replicas: 8,
  target_ongoing_requests: 2,
  metrics_interval_s: 10,
  look_back_period_s: 30,
  upscaling_factor: 1,
  downscaling_factor: 1,
  upscale_delay_s: 30,
  downscale_delay_s: 600,
  downscale_to_zero_delay_s: 600,
  aggregation_function: "mean",
  schedules: [],
  queue_fast_path: true,
};

interface Wish {
  readonly targetRevision?: number;
  readonly weights?: Readonly<Record<number, number>>;
  readonly failedGeneration?: number;
  readonly isDeleting?: boolean;
  /** [revision, deployment, pool, is autoscaled]; `front` is the ingress and calls `back`. */
  readonly deployments: readonly (readonly [number, string, string, boolean])[];
  /** [pool, stage] */
  readonly replicas?: readonly (readonly [string, string])[];
  /** Pool -> wanted replicas. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Pool -> stored target. */
  readonly stored?: Readonly<Record<string, number>>;
}

/** Only what the listing reads. */
function partOf(wish: Wish): ApplicationPart {
  const { targetRevision = 1, weights = { 1: 100 }, failedGeneration = null, isDeleting = false } = wish;
  const numbers = [...new Set(wish.deployments.map(([revision]) => revision))];
  const described = [
    { options: { name: "front" }, outbound: ["back"] },
    { options: { name: "back" }, outbound: [] },
  ];
  const part = {
    intent: {
      application: {
        id: "app",
        projectId: "default",
        name: "digits",
        generation: 8,
        updateGeneration: 7,
        targetRevision,
        deletingAtMs: isDeleting ? 1 : null,
      },
      revisions: numbers.map((number) => ({ number, description: { deployments: described } })),
      deployments: wish.deployments.map(([revision, deployment, poolId, isAutoscaled]) => ({
        revision,
        deployment,
        poolId,
        ingress: deployment === "front",
        resolved: { max_ongoing_requests: 5, ...(isAutoscaled ? { autoscaling } : {}) },
      })),
    },
    traffic: {
      variants: Object.entries(weights).map(([revision, weight]) => ({ revision: Number(revision), weight })),
    },
    status: { failedGeneration },
    replicas: new Map(
      (wish.replicas ?? []).map(([poolId, stage], index) => [
        String(index),
        { poolId, stage, endedAtMs: stage === "failed" ? 1 : null },
      ]),
    ),
    poolStatuses: new Map(Object.entries(wish.statuses).map(([id, wantedReplicas]) => [id, { wantedReplicas }])),
    autoscalers: new Map(Object.entries(wish.stored ?? {}).map(([id, target]) => [id, { target }])),
  };
  return part as unknown as ApplicationPart;
}

function list(wish: Wish): ReturnType<typeof listPools> {
  return listPools([["app", partOf(wish)]]);
}

describe("listPools", () => {
  it("lists autoscaled pools with their ready replicas, and where a new one begins", () => {
    const { pools } = list({
      deployments: [
        [1, "front", "f", true],
        [1, "back", "b", false],
      ],
      replicas: [
        ["f", "ready"],
        ["f", "loading"],
        ["f", "failed"],
        ["b", "ready"],
      ],
      statuses: { f: 2, b: 1 },
    });
    expect(pools).toMatchObject([
      { poolId: "f", deployment: "front", application: "digits", ready: 1, currentTarget: 2, isStored: false },
    ]);
  });

  it("takes the stored target, and the options of the target revision when revisions share a pool", () => {
    const deployments = [
      [1, "front", "f", true],
      [2, "front", "f", true],
    ] as const;
    const shared = { deployments, statuses: { f: 2 }, stored: { f: 5 }, weights: { 1: 50, 2: 50 } };
    expect(list({ ...shared, targetRevision: 1 }).pools).toMatchObject([
      { revision: 1, currentTarget: 5, isStored: true },
    ]);
    expect(list({ ...shared, targetRevision: 2 }).pools).toMatchObject([{ revision: 2 }]);
  });

  it("leaves alone what is kept warm, what failed, what goes, and what the plan has not taken up", () => {
    const deployments = [
      [1, "front", "old", true],
      [2, "front", "new", true],
    ] as const;
    const both = { deployments, statuses: { old: 2, new: 2 }, targetRevision: 2 };
    const idsOf = (wish: Wish): string[] => list(wish).pools.map(({ poolId }) => poolId);
    expect(idsOf({ ...both, weights: { 1: 100 } })).toEqual(["old", "new"]);
    expect(idsOf({ ...both, weights: { 1: 0, 2: 100 } })).toEqual(["new"]);
    expect(idsOf({ ...both, weights: { 1: 100 }, failedGeneration: 7 })).toEqual(["old"]);
    expect(idsOf({ ...both, weights: { 1: 100 }, statuses: { old: 2 } })).toEqual(["old"]);
    expect(idsOf({ ...both, isDeleting: true })).toEqual([]);
    expect(list({ ...both, weights: { 1: 100 } }).pools.map(({ isServing }) => isServing)).toEqual([true, false]);
    expect(list({ ...both, weights: {} }).pools.map(({ isServing }) => isServing)).toEqual([true]);
  });

  it("believes a gateway about an inner pool only while no replica is there that could call it", () => {
    const deployments = [
      [1, "front", "f", true],
      [1, "back", "b", true],
    ] as const;
    const heard = (replicas: NonNullable<Wish["replicas"]>): Record<string, string> =>
      Object.fromEntries(
        list({ deployments, statuses: { f: 1, b: 1 }, replicas }).pools.map((pool) => [pool.poolId, pool.heardFrom]),
      );
    expect(heard([["f", "ready"]])).toEqual({ f: "gateways", b: "handles" });
    expect(heard([["f", "draining"]])).toEqual({ f: "gateways", b: "handles" });
    expect(heard([["f", "failed"]])).toEqual({ f: "gateways", b: "gateways" });
  });

  it("names stored targets that nothing needs: of a pool that is fixed now, and of one that is gone", () => {
    const { leftovers } = list({
      deployments: [[1, "front", "f", false]],
      statuses: { f: 2, warm: 1 },
      stored: { f: 5, gone: 3, warm: 1 },
    });
    expect(leftovers.map(({ poolId }) => poolId)).toEqual(["f", "gone"]);
  });
});

describe("boundsInForce", () => {
  const status = (bounds: unknown): AutoscalerStatus => ({
    poolId: "f",
    applicationId: "app",
    projectId: "default",
    target: 12,
    decision: { bounds },
    changedAtMs: 0,
  });

  it("holds the bounds of the window within which a target was decided, else the configured ones", () => {
    const configured = { minReplicas: 1, maxReplicas: 8, initialReplicas: null };
    expect(boundsInForce(autoscaling, undefined)).toEqual(configured);
    expect(boundsInForce(autoscaling, status({ min: 0, max: 3, source: "config" }))).toEqual(configured);
    expect(boundsInForce(autoscaling, status("what an earlier release wrote"))).toEqual(configured);
    const scheduled = boundsInForce(autoscaling, status({ min: 4, max: 20, source: "schedule" }));
    expect(scheduled).toEqual({ minReplicas: 4, maxReplicas: 20, initialReplicas: null });
  });
});
