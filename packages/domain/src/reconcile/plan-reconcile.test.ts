import { describe, expect, it } from "vitest";
import {
  buildDeployment,
  buildNode,
  buildPool,
  buildReplica,
  buildRevision,
  buildSnapshot,
} from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";
import type { PlacementNode } from "../placement/placement.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { Action, ActionKind } from "./action.ts";
import { RoomLedger } from "../placement/room-ledger.ts";
import { defaultReconcileSettings, planReconcile } from "./plan-reconcile.ts";
import type { PoolStatus, ReconcileSnapshot } from "./snapshot.ts";

const NOW_MS = 100_000;

function plan(
  snapshot: ReconcileSnapshot,
  nodes: readonly PlacementNode[] = [buildNode()],
  ids = ["x1", "x2", "x3", "x4"],
) {
  const result = planReconcile({
    snapshot,
    rooms: RoomLedger.of(nodes),
    nowMs: NOW_MS,
    freshReplicaIds: ids,
    settings: { ...defaultReconcileSettings, warmMs: 0 },
    roomIsShort: false,
  });
  const of = <K extends ActionKind>(kind: K): Extract<Action, { kind: K }>[] =>
    result.actions.filter((action): action is Extract<Action, { kind: K }> => action.kind === kind);
  return { ...result, of, events: of("recordEvent").map(({ reason, message }) => `${reason}: ${message}`) };
}

const toRevision = (revision: number): EffectiveTraffic => ({
  variants: [{ variant: `r${revision}`, revision, weight: 100 }],
  source: "rollout",
  reason: `revision ${revision} is the target and ready`,
});

const healthy = (wanted: number, generation = 1): PoolStatus => ({
  state: "HEALTHY",
  message: "",
  wantedReplicas: wanted,
  readyReplicas: wanted,
  failures: { generation, count: 0, lastAtMs: null, everReady: true, gaveUp: false, lastError: null },
  warmUntilMs: null,
});

const ready = (replicaId: string, poolId = "pool-1") =>
  buildReplica({ replicaId, poolId, stage: "ready", stageTimes: { pending: 0, ready: 1000 } });

/** Revision 1 in force with its pool; revision 2 the target, with another. */
function rollout(newReplicas: ReturnType<typeof ready>[]): ReconcileSnapshot {
  return buildSnapshot({
    application: { generation: 2, targetRevision: 2 },
    revisions: [buildRevision(), buildRevision({ revision: 2, deployments: [buildDeployment({ poolId: "pool-2" })] })],
    pools: [
      buildPool({ replicas: [ready("old")], status: healthy(1) }),
      buildPool({ poolId: "pool-2", replicas: newReplicas }),
    ],
    effective: toRevision(1),
    trafficChangedAtMs: 0,
  });
}

describe("planReconcile", () => {
  it("creates and places the replicas of a first revision in one pass", () => {
    const snapshot = buildSnapshot({
      revisions: [buildRevision({ deployments: [buildDeployment({ numReplicas: 2 })] })],
    });
    const { of, status, events } = plan(snapshot);
    expect(of("createReplica").map(({ replicaId, poolId }) => [replicaId, poolId])).toEqual([
      ["x1", "pool-1"],
      ["x2", "pool-1"],
    ]);
    expect(of("assignReplica").map(({ replicaId, members }) => [replicaId, members[0]?.nodeId])).toEqual([
      ["x1", "n1"],
      ["x2", "n1"],
    ]);
    expect(status).toMatchObject({ state: "DEPLOYING", message: "d: 0 of 2 replicas ready", observedGeneration: 1 });
    expect(events).toContain("ScaledUp: d: starting 2 replicas (wanted 2, 0 there)");
  });

  it("asks to be called again at once when it has too few ids", () => {
    const snapshot = buildSnapshot({
      revisions: [buildRevision({ deployments: [buildDeployment({ numReplicas: 2 })] })],
    });
    const { of } = plan(snapshot, [buildNode()], ["x1"]);
    expect(of("createReplica")).toHaveLength(1);
    expect(of("wakeAt")).toEqual([{ kind: "wakeAt", atMs: NOW_MS, reason: "more replica ids are needed" }]);
  });

  it("waits while a revision is being described", () => {
    const { of, status } = plan(
      buildSnapshot({ revisions: [buildRevision({ stage: "describing", deployments: [] })] }),
    );
    expect(of("createReplica")).toEqual([]);
    expect(status).toMatchObject({ state: "DEPLOYING", message: "Describing revision 1." });
  });

  it("keeps the old revision running and serving while the new one starts", () => {
    const { of, traffic, status, events } = plan(rollout([]));
    expect(of("createReplica").map(({ poolId }) => poolId)).toEqual(["pool-2"]);
    expect(of("drainReplica")).toEqual([]);
    // The weights stay; only why they do is said anew.
    expect(of("setTraffic").map(({ variants }) => variants)).toEqual([toRevision(1).variants]);
    expect(events.filter((event) => event.startsWith("TrafficChanged"))).toEqual([]);
    expect(traffic.variants).toEqual(toRevision(1).variants);
    expect(status.servingRevisions).toEqual([1]);
  });

  it("moves the weight when the new revision is ready, and drains nothing in the same pass", () => {
    const { of, events } = plan(rollout([ready("new", "pool-2")]));
    expect(of("setTraffic")).toMatchObject([{ variants: [{ revision: 2, weight: 100 }], source: "rollout" }]);
    expect(of("drainReplica")).toEqual([]);
    expect(events).toContain("TrafficChanged: Requests go 100 % to revision 2: revision 2 is the target and ready.");
  });

  it.each([
    ["waits for the gateways' confirmation", { trafficAcknowledged: false, trafficChangedAtMs: NOW_MS - 4999 }, []],
    ["drains after it", { trafficAcknowledged: true, trafficChangedAtMs: NOW_MS - 1 }, ["old"]],
    ["drains after 5 s without it", { trafficAcknowledged: false, trafficChangedAtMs: NOW_MS - 5000 }, ["old"]],
  ])("%s before the old revision's replicas go", (_name, confirmation, drained) => {
    const snapshot = { ...rollout([ready("new", "pool-2")]), effective: toRevision(2), ...confirmation };
    const { of } = plan(snapshot);
    expect(of("drainReplica").map(({ replicaId }) => replicaId)).toEqual(drained);
    expect(of("wakeAt").map(({ atMs }) => atMs)).toEqual(drained.length === 0 ? [NOW_MS + 1] : []);
  });

  it("drains callers before the called", () => {
    const deployments = [
      buildDeployment({ name: "front", poolId: "front", outbound: ["back"] }),
      buildDeployment({ name: "back", poolId: "back", ingress: false }),
    ];
    const world = new World([buildNode()]);
    world.put(deployments);
    for (let i = 0; i < 6; i += 1) {
      world.reconcile();
      world.advance(100, () => 0.5);
    }
    expect(world.status?.state).toBe("RUNNING");
    world.aim({ deleting: true });
    const stages: string[] = [];
    for (let i = 0; i < 6 && !world.isRemoved; i += 1) {
      world.advance(6000, () => 0.5);
      world.reconcile();
      stages.push(
        world.replicas
          .map(({ poolId, stage }) => `${poolId} ${stage}`)
          .sort()
          .join(", "),
      );
    }
    expect(stages).toContain("back ready, front draining");
    expect(world.isRemoved).toBe(true);
  });

  it("replaces a killed replica at once and says by what", () => {
    const dead = buildReplica({
      stage: "failed",
      stageTimes: { pending: 0, ready: 1000, failed: NOW_MS - 100 },
      lastError: "exited by SIGKILL",
    });
    const snapshot = buildSnapshot({
      revisions: [buildRevision({ deployments: [buildDeployment({ numReplicas: 2 })] })],
      pools: [buildPool({ status: healthy(2), replicas: [dead, ready("b")] })],
      effective: toRevision(1),
      trafficChangedAtMs: 0,
    });
    const { of, events, status } = plan(snapshot);
    expect(of("noteFailure").map(({ replicaId }) => replicaId)).toEqual(["a"]);
    expect(of("createReplica")).toMatchObject([{ replicaId: "x1", replaces: "a" }]);
    expect(events).toContain("ReplicaReplaced: replica a exited by SIGKILL; replaced by x1");
    expect(of("setPoolStatus")).toMatchObject([{ state: "UNHEALTHY", readyReplicas: 1, failures: { count: 0 } }]);
    expect(status.state).toBe("UNHEALTHY");
  });

  it("waits after a constructor failure and says for how long", () => {
    const dead = buildReplica({ stage: "failed", stageTimes: { failed: NOW_MS }, lastError: "no such file" });
    const { of, events } = plan(buildSnapshot({ pools: [buildPool({ replicas: [dead] })] }));
    expect(of("createReplica")).toEqual([]);
    expect(of("wakeAt").map(({ atMs }) => atMs)).toEqual([NOW_MS + 500]);
    expect(events).toContain(
      "ReplicaFailed: replica a failed: no such file. Failure 1 of at most 3: next try in 0.5 s",
    );
  });

  it("gives up a revision that cannot start, stops it, and leaves the old one serving", () => {
    const world = new World([buildNode()]);
    world.put([buildDeployment()]);
    const run = (): void => {
      for (let i = 0; i < 60; i += 1) {
        world.reconcile();
        world.advance(200, () => 0.5);
      }
    };
    run();
    world.broken.add("pool-2");
    world.put([buildDeployment({ poolId: "pool-2" })]);
    run();
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1], observedGeneration: 3 });
    expect(world.status?.message).toBe(
      "Failed to update the deployments [d]. d: No replica became ready; starting failed 3 times (limit 3). " +
        "Last error: constructor threw. Revision 1 still serves.",
    );
    expect(world.application.failedGeneration).toBe(3);
    expect(world.ready("pool-1")).toHaveLength(1);
    expect(world.statuses.get("pool-2")?.status).toMatchObject({
      state: "DEPLOY_FAILED",
      message: "constructor threw",
    });
    expect(world.events.filter((event) => event.startsWith("DeployFailed"))).toHaveLength(1);
    // A number set by hand goes to what serves; nothing that failed is tried again for it.
    const tried = world.replicas.length;
    world.scale({ d: 2 });
    run();
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1], observedGeneration: 4 });
    expect(world.ready("pool-1")).toHaveLength(2);
    expect(world.events.filter((event) => event.startsWith("DeployFailed"))).toHaveLength(1);
    expect(world.replicas.length).toBe(tried + 1);
    // A new update tries again.
    world.broken.clear();
    world.aim({});
    run();
    expect(world.status).toMatchObject({ state: "RUNNING", servingRevisions: [2] });
  });

  it("fails at once when a revision cannot be described", () => {
    const snapshot = buildSnapshot({
      revisions: [buildRevision({ stage: "describe_failed", stageMessage: "Cannot find module x", deployments: [] })],
    });
    const { of, status } = plan(snapshot);
    expect(of("failGeneration")).toMatchObject([
      { generation: 1, reason: "Revision 1 could not be described: Cannot find module x" },
    ]);
    expect(status.state).toBe("DEPLOY_FAILED");
  });

  it("tells why a replica has no room, once", () => {
    const full = [buildNode({ cpus: 2, used: { cpus: 1.75, gpus: 0, memoryBytes: 0, custom: {} } })];
    const resources = { cpus: 1, gpus: 0, memoryBytes: 0, custom: {} };
    const revisions = [buildRevision({ deployments: [buildDeployment({ resources })] })];
    const first = plan(buildSnapshot({ revisions }), full);
    const reason = "needs 1 CPU, 0.25 of 2 free on n1. Set num_cpus to 0.25 or less.";
    expect(first.of("refuseReplica")).toMatchObject([{ replicaId: "x1", reason }]);
    expect(first.status.message).toBe(`d: 0 of 1 replica ready; no room: ${reason}`);
    expect(first.events).toContain(`ReplicaUnplaceable: replica x1 waits for room: ${reason}`);

    const waiting = buildReplica({ replicaId: "x1", stage: "pending", message: reason });
    const again = plan(
      buildSnapshot({ revisions, pools: [buildPool({ replicas: [waiting] })], status: first.status }),
      full,
    );
    expect(again.of("refuseReplica")).toEqual([]);
    expect(again.events).toEqual([]);
  });

  it("keeps ready replicas of a silent node until their replacements are ready, then gives them up", () => {
    const nodes = [buildNode({ state: "unreachable" }), buildNode({ nodeId: "n2" })];
    const snapshot = (replicas: ReturnType<typeof ready>[]) =>
      buildSnapshot({
        pools: [buildPool({ replicas, status: healthy(1) })],
        effective: toRevision(1),
        trafficChangedAtMs: 0,
      });
    const before = plan(snapshot([ready("a")]), nodes);
    expect(before.of("createReplica")).toHaveLength(1);
    expect([...before.of("failReplica"), ...before.of("setTraffic")]).toEqual([]);
    const after = plan(
      snapshot([ready("a"), { ...ready("b"), nodeId: "n2", members: [{ nodeId: "n2", gpuUuids: [] }] }]),
      nodes,
    );
    expect(after.of("failReplica").map(({ replicaId }) => replicaId)).toEqual(["a"]);
  });

  it("gives up replicas of a removed node and of a silent node that were not ready", () => {
    const loading = buildReplica({ replicaId: "b", stage: "loading", nodeId: "n2" });
    const snapshot = buildSnapshot({
      revisions: [buildRevision({ deployments: [buildDeployment({ numReplicas: 2 })] })],
      pools: [buildPool({ replicas: [ready("a"), loading] })],
    });
    const { of, events } = plan(snapshot, [buildNode({ nodeId: "n2", state: "unreachable" })]);
    expect(of("failReplica").map(({ replicaId, reason }) => `${replicaId}: ${reason}`)).toEqual([
      "a: node n1 was removed",
      "b: node n2 is unreachable",
    ]);
    expect(events[0]).toBe("ReplicaLost: replica a is lost: node n1 was removed");
  });

  it("forgets ended replicas beyond ten and after an hour", () => {
    const ended = Array.from({ length: 12 }, (_, i) =>
      buildReplica({ replicaId: `e${i}`, stage: "stopped", stageTimes: { stopped: NOW_MS - i } }),
    );
    const snapshot = buildSnapshot({ pools: [buildPool({ replicas: [...ended, ready("a")] })] });
    expect(
      plan(snapshot)
        .of("forgetReplica")
        .map(({ replicaId }) => replicaId),
    ).toEqual(["e10", "e11"]);
  });

  it("does nothing when everything is as wanted", () => {
    const first = plan(
      buildSnapshot({
        pools: [buildPool({ replicas: [ready("a")] })],
        effective: toRevision(1),
        trafficChangedAtMs: 0,
      }),
    );
    const [pool] = first.of("setPoolStatus");
    if (pool === undefined) throw new Error("no status was set");
    const snapshot = buildSnapshot({
      pools: [buildPool({ replicas: [ready("a")], status: pool })],
      effective: toRevision(1),
      trafficChangedAtMs: 0,
      status: first.status,
    });
    expect(plan(snapshot).actions).toEqual([]);
    expect(first.status).toMatchObject({ state: "RUNNING", message: "", servingRevisions: [1] });
  });
});
