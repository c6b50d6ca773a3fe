import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDeployment, buildNode } from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";
import { isReady } from "../reconcile/replica-groups.ts";
import { isEnded } from "../replica/next-replica-stage.ts";
import { planSteps, stepBudget } from "./plan-steps.ts";
import type { SteppedDeployment } from "./plan-steps.ts";

const TICK_MS = 400;
const one = { cpus: 1, gpus: 0, memoryBytes: 0, custom: {} };

/** A deployment `d`: `pool` names its pool; revisions of equal `version` differ in settings only. */
function deploy(world: World, pool: string, numReplicas: number, version = pool): number {
  return world.put([buildDeployment({ name: "d", poolId: pool, version, numReplicas, resources: one })]);
}

function worldOf(...cpus: number[]): World {
  const world = new World(cpus.map((count, i) => buildNode({ nodeId: `n${i + 1}`, cpus: count })));
  world.settings = { rolloutDeadlineMs: 60_000, warmMs: 0 };
  return world;
}

/** Runs until nothing changes, looking at the world after every pass. */
function rest(world: World, look: () => void = () => undefined): void {
  let quiet = 0;
  for (let i = 0; i < 1000 && quiet < 20; i += 1) {
    const plan = world.reconcile();
    quiet = plan.actions.every(({ kind }) => kind === "wakeAt" || kind === "forgetReplica") ? quiet + 1 : 0;
    look();
    world.advance(TICK_MS, () => 0.9);
    world.isAcknowledged = true;
  }
  expect(quiet, world.events.slice(-5).join(" | ")).toBe(20);
}

const serving = (world: World): number => world.replicas.filter(isReady).length;
const weights = (world: World) => world.effective?.variants.map(({ revision, weight }) => [revision, weight]);

describe("an update without room for all new replicas", () => {
  it("gives up one of four at a time; requests follow, and three always serve", () => {
    const world = worldOf(4);
    deploy(world, "p1", 4);
    rest(world);
    deploy(world, "p2", 4);
    const seen: number[] = [];
    rest(world, () => {
      expect(serving(world)).toBeGreaterThanOrEqual(3);
      const share = world.effective?.variants.find(({ revision }) => revision === 2)?.weight ?? 0;
      if (seen.at(-1) !== share) seen.push(share);
    });
    expect(seen).toEqual([0, 33.3, 66.6, 100]);
    expect(world.rollout).toMatchObject({ phase: "completed", fromRevision: 1, toRevision: 2 });
    expect(world.ready("p2")).toHaveLength(4);
    expect(world.events.filter((event) => event.startsWith("RolloutSteps"))).toEqual([
      "RolloutSteps: d: no room for all new replicas beside the old; 1 old goes at a time.",
    ]);
  });

  it("lets requests wait for the only replica when there is room for one", () => {
    const world = worldOf(1);
    deploy(world, "p1", 1);
    rest(world);
    deploy(world, "p2", 1);
    let waited = false;
    rest(world, () => {
      if (serving(world) === 0) waited ||= world.effective?.reason.includes("requests wait") === true;
    });
    expect(waited).toBe(true);
    expect(weights(world)).toEqual([[2, 100]]);
    expect(world.status?.state).toBe("RUNNING");
  });

  it("waits, and takes nothing away, when it would not fit in the place of the old either", () => {
    const world = worldOf(2);
    deploy(world, "p1", 2);
    rest(world);
    world.put([buildDeployment({ name: "d", poolId: "p2", numReplicas: 2, resources: { ...one, cpus: 8 } })]);
    for (let i = 0; i < 20; i += 1) {
      world.reconcile();
      world.advance(TICK_MS, () => 0.9);
      expect(serving(world)).toBe(2);
    }
    expect(world.rollout?.phase).toBe("starting");
  });

  it("goes back to the revision before when it stands still for longer than the deadline", () => {
    const world = worldOf(2);
    deploy(world, "p1", 2);
    rest(world);
    world.put([buildDeployment({ name: "d", poolId: "p2", numReplicas: 2, resources: { ...one, cpus: 8 } })]);
    for (let i = 0; i < 160; i += 1) {
      world.reconcile();
      world.advance(TICK_MS, () => 0.9);
      expect(serving(world)).toBe(2);
    }
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1] });
    expect(world.status?.message).toContain("Revision 2 came no nearer to serving for 60 s.");
    expect(world.replicas.filter(({ poolId, stage }) => poolId === "p2" && !isEnded(stage))).toEqual([]);
  });

  it("gives the old revision all its replicas back when the new one breaks half-way", () => {
    const world = worldOf(4);
    deploy(world, "p1", 4);
    rest(world);
    deploy(world, "p2", 4);
    for (let i = 0; i < 200 && (weights(world)?.length ?? 0) < 2; i += 1) {
      world.reconcile();
      world.advance(TICK_MS, () => 0.9);
      world.isAcknowledged = true;
    }
    world.broken.add("p2");
    for (const replica of world.ready("p2")) world.fail(replica, "exited with code 1");
    for (let i = 0; i < 400; i += 1) {
      world.reconcile();
      world.advance(TICK_MS, () => 0.9);
      world.isAcknowledged = true;
    }
    expect(weights(world)).toEqual([[1, 100]]);
    expect(world.ready("p1")).toHaveLength(4);
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1] });
  });
});

describe("an update that changes settings only", () => {
  it("keeps every process: replicas move to the new pool one at a time", () => {
    const world = worldOf(100);
    deploy(world, "p1", 5);
    rest(world);
    const before = world.replicas.map(({ replicaId }) => replicaId).sort();
    deploy(world, "p2", 5, "p1");
    rest(world, () => expect(serving(world)).toBeGreaterThanOrEqual(4));
    expect(
      world
        .ready("p2")
        .map(({ replicaId }) => replicaId)
        .sort(),
    ).toEqual(before);
    expect(world.replicas).toHaveLength(5);
    expect(weights(world)).toEqual([[2, 100]]);
  });

  it("reconfigures the only replica while requests wait, and starts no other", () => {
    const world = worldOf(100);
    deploy(world, "p1", 1);
    rest(world);
    const [only] = world.replicas.map(({ replicaId }) => replicaId);
    deploy(world, "p2", 1, "p1");
    rest(world);
    expect(world.replicas.map(({ replicaId, stage }) => [replicaId, stage])).toEqual([[only, "ready"]]);
    expect(world.status?.state).toBe("RUNNING");
  });

  it("falls back to the settings before when the user's reconfigure throws", () => {
    const world = worldOf(100);
    deploy(world, "p1", 3);
    rest(world);
    deploy(world, "p2", 3, "p1");
    world.broken.add("p2");
    for (let i = 0; i < 400; i += 1) {
      world.reconcile();
      world.advance(TICK_MS, () => 0.9);
      world.isAcknowledged = true;
    }
    expect(world.ready("p1")).toHaveLength(3);
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1] });
  });
});

/** Passes without looking for rest. */
function run(world: World, passes: number): void {
  for (let i = 0; i < passes; i += 1) {
    world.reconcile();
    world.advance(TICK_MS, () => 0.9);
    world.isAcknowledged = true;
  }
}

describe("an update that fails", () => {
  it("gives the only replica's place back when there is room for one", () => {
    const world = worldOf(1);
    deploy(world, "p1", 1);
    rest(world);
    world.broken.add("p2");
    deploy(world, "p2", 1);
    run(world, 200);
    expect(weights(world)).toEqual([[1, 100]]);
    expect(world.ready("p1")).toHaveLength(1);
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1] });
  });

  it("gives the only replica its settings back when they were taken on in place", () => {
    const world = worldOf(10);
    deploy(world, "p1", 1);
    rest(world);
    world.broken.add("p2");
    deploy(world, "p2", 1, "p1");
    run(world, 200);
    expect(weights(world)).toEqual([[1, 100]]);
    expect(world.ready("p1")).toHaveLength(1);
  });

  it("goes back step by step when it stands still half-way", () => {
    const world = worldOf(4);
    deploy(world, "p1", 4);
    rest(world);
    deploy(world, "p2", 4);
    for (let i = 0; i < 200 && (weights(world)?.length ?? 0) < 2; i += 1) run(world, 1);
    world.hanging.add("p2");
    run(world, 600);
    expect(weights(world)).toEqual([[1, 100]]);
    expect(world.ready("p1")).toHaveLength(4);
    expect(world.status).toMatchObject({ state: "DEPLOY_FAILED", servingRevisions: [1] });
  });
});

describe("an update that another one overtakes", () => {
  it("gives room to the third revision, with three of four serving all the time", () => {
    const world = worldOf(4);
    deploy(world, "p1", 4);
    rest(world);
    deploy(world, "p2", 4);
    for (let i = 0; i < 200 && (weights(world)?.length ?? 0) < 2; i += 1) run(world, 1);
    deploy(world, "p3", 4);
    rest(world, () => expect(serving(world)).toBeGreaterThanOrEqual(3));
    expect(weights(world)).toEqual([[3, 100]]);
    expect(world.ready("p3")).toHaveLength(4);
  });
});

describe("an autoscaled deployment", () => {
  const bounds = { minReplicas: 1, maxReplicas: 20, initialReplicas: null };
  const put = (world: World, pool: string, version: string, autoscaling: typeof bounds | null, numReplicas = 1) =>
    world.put([buildDeployment({ name: "d", poolId: pool, version, numReplicas, autoscaling, resources: one })]);

  it("keeps its number through an update, beside the old or in steps", () => {
    for (const cpus of [40, 10]) {
      const world = worldOf(cpus);
      world.autoscaleTargets.set("p1", 10);
      put(world, "p1", "p1", bounds);
      rest(world);
      expect(serving(world)).toBe(10);
      put(world, "p2", "p2", bounds);
      rest(world, () => expect(serving(world)).toBeGreaterThanOrEqual(8));
      expect(world.ready("p2")).toHaveLength(10);
    }
  });

  it("begins where the fixed number was that it replaces", () => {
    const world = worldOf(40);
    put(world, "p1", "p1", null, 10);
    rest(world);
    put(world, "p1", "p1", bounds);
    rest(world, () => expect(serving(world)).toBe(10));
    put(world, "p2", "p2", bounds);
    rest(world, () => expect(serving(world)).toBeGreaterThanOrEqual(10));
    expect(world.ready("p2")).toHaveLength(10);
  });
});

describe("what a rollout leaves", () => {
  it("keeps the old replicas warm, so that a rollback moves requests at once", () => {
    const world = worldOf(100);
    world.settings = { ...world.settings, warmMs: 30_000 };
    deploy(world, "p1", 2);
    rest(world);
    deploy(world, "p2", 2);
    rest(world);
    expect(world.ready("p1")).toHaveLength(2);
    expect(world.statuses.get("p1")?.status).toMatchObject({ message: "2 kept warm for a rollback" });
    world.aim({ targetRevision: 1 });
    world.reconcile();
    expect(weights(world)).toEqual([[1, 100]]);
    rest(world);
    expect(world.ready("p2")).toHaveLength(2);
    world.nowMs += 31_000;
    rest(world);
    expect(world.ready("p2")).toEqual([]);
  });

  it("keeps nothing warm while something waits for room", () => {
    const world = worldOf(4);
    world.settings = { ...world.settings, warmMs: 3_600_000 };
    deploy(world, "p1", 2);
    rest(world);
    deploy(world, "p2", 2);
    rest(world);
    expect(serving(world)).toBe(4);
    deploy(world, "p3", 2);
    rest(world);
    expect(world.ready("p1")).toEqual([]);
    expect(weights(world)).toEqual([[3, 100]]);
  });

  it("stands still while a person holds it, and goes on where it was", () => {
    const world = worldOf(100);
    deploy(world, "p1", 2);
    rest(world);
    deploy(world, "p2", 2);
    world.aim({ rolloutPausedAtMs: world.nowMs });
    rest(world);
    expect(world.rollout?.phase).toBe("paused");
    expect(weights(world)).toEqual([[1, 100]]);
    expect(world.ready("p2")).toEqual([]);
    world.aim({ rolloutPausedAtMs: null });
    rest(world);
    expect(weights(world)).toEqual([[2, 100]]);
  });

  it("starts and stops nothing while it is held half-way, and keeps every process when it goes on", () => {
    const world = worldOf(100);
    deploy(world, "p1", 4);
    rest(world);
    const before = world.replicas.map(({ replicaId }) => replicaId).sort();
    deploy(world, "p2", 4, "p1");
    for (let i = 0; i < 200 && (weights(world)?.length ?? 0) < 2; i += 1) run(world, 1);
    world.aim({ rolloutPausedAtMs: world.nowMs });
    rest(world);
    expect(world.replicas).toHaveLength(4);
    world.aim({ rolloutPausedAtMs: null });
    rest(world);
    expect(
      world
        .ready("p2")
        .map(({ replicaId }) => replicaId)
        .sort(),
    ).toEqual(before);
  });

  it("replaces the replicas of a drained node first", () => {
    const world = worldOf(4, 4);
    deploy(world, "p1", 3);
    rest(world);
    for (const node of world.nodes) node.state = node.nodeId === "n1" ? "draining" : "ready";
    rest(world, () => expect(serving(world)).toBeGreaterThanOrEqual(3));
    const living = world.replicas.filter(({ stage }) => !isEnded(stage));
    expect(living.map(({ nodeId, stage }) => [nodeId, stage])).toEqual([
      ["n2", "ready"],
      ["n2", "ready"],
      ["n2", "ready"],
    ]);
    expect(world.status?.state).toBe("RUNNING");
  });
});

describe("planSteps", () => {
  const size = fc.record({
    full: fc.integer({ min: 1, max: 20 }),
    oldFull: fc.integer({ min: 1, max: 20 }),
    readyShare: fc.double({ min: 0, max: 1, noNaN: true }),
    begunShare: fc.double({ min: 0, max: 1, noNaN: true }),
    percentage: fc.double({ min: 0.01, max: 1, noNaN: true }),
    way: fc.constantFrom("surge" as const, "step" as const, "move" as const),
  });

  it("never misses more than the budget, keeps weights in bounds, and ends with everything new", () => {
    fc.assert(
      fc.property(fc.array(size, { minLength: 1, maxLength: 4 }), (sizes) => {
        const deployments = sizes.map((entry, i): SteppedDeployment => {
          const ready = Math.floor(entry.full * entry.readyShare);
          const begun = ready + Math.floor((entry.full - ready) * entry.begunShare);
          return {
            ...entry,
            name: `d${i}`,
            oldPoolId: `o${i}`,
            newPoolId: `n${i}`,
            ready,
            begun,
            oldActive: entry.oldFull,
            others: [],
          };
        });
        const plan = planSteps(deployments);
        expect(plan === null).toBe(deployments.every(({ way }) => way === "surge"));
        if (plan === null) return;
        expect(plan.weight).toBeGreaterThanOrEqual(0);
        expect(plan.weight).toBeLessThanOrEqual(100);
        const oldLeft = deployments
          .filter(({ way }) => way !== "surge")
          .map(({ oldPoolId }) => plan.wanted.get(oldPoolId));
        // The old revision serves with all its deployments or takes no requests any more.
        if (plan.weight < 100) expect(oldLeft.every((kept) => kept !== undefined && kept > 0)).toBe(true);
        for (const { way, full, oldFull, ready, oldPoolId, newPoolId, percentage } of deployments) {
          if (way === "surge") continue;
          const kept = plan.wanted.get(oldPoolId) ?? 0;
          const allowed = plan.wanted.get(newPoolId) ?? 0;
          expect(allowed).toBeLessThanOrEqual(full);
          expect(kept).toBeLessThanOrEqual(oldFull);
          // Every replica that the old side gives up beyond the budget has a ready successor.
          const inHalves = deployments.some((other) => other.way !== "surge" && other.full === 1);
          const budget = Math.max(stepBudget(full, percentage), inHalves ? Math.ceil(full / 2) : 0);
          if (oldFull === full) expect(kept + ready).toBeGreaterThanOrEqual(full - budget);
        }
        // Whatever it begins from: when each wave gets what it asks for, there is an end.
        let going = deployments;
        for (let i = 0; i < 100; i += 1) {
          const wave = planSteps(going)?.wanted;
          going = going.map((entry) => {
            const ready = entry.way === "surge" ? entry.full : Math.max(entry.ready, wave?.get(entry.newPoolId) ?? 0);
            return { ...entry, ready, begun: ready };
          });
        }
        expect(going.map(({ ready }) => ready)).toEqual(going.map(({ full }) => full));
        const done = deployments.map((entry) => ({ ...entry, ready: entry.full, begun: entry.full }));
        expect(planSteps(done)).toMatchObject({ weight: 100, mayWait: false });
      }),
    );
  });

  const step = (name: string, full: number, ready: number): SteppedDeployment => ({
    name,
    oldPoolId: `${name}-old`,
    newPoolId: `${name}-new`,
    way: "step",
    full,
    oldFull: full,
    oldActive: full - ready,
    others: [],
    ready,
    begun: ready,
    percentage: 0.2,
  });

  it("lets no deployment that may not go on hold up another: 2 of 3 and 3 of 4 are followed by the last wave", () => {
    expect(planSteps([step("front", 3, 2), step("model", 4, 3)])).toMatchObject({ weight: 100 });
    expect(planSteps([step("front", 3, 2), step("model", 4, 2)])?.wanted.get("model-new")).toBe(3);
  });

  it("changes a deployment of one replica over when half of the others have changed", () => {
    const waves = [0, 1, 2].map((ready) => planSteps([step("front", 1, 0), step("model", 4, ready)]));
    expect(waves.map((wave) => wave?.weight)).toEqual([0, 0, 100]);
    expect(waves.map((wave) => wave?.wanted.get("model-old"))).toEqual([3, 2, 0]);
    expect(waves.map((wave) => wave?.wanted.get("front-old"))).toEqual([1, 1, 0]);
  });
});
