import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDeployment, buildNode } from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";
import { isEnded } from "../replica/next-replica-stage.ts";
import { replicasAtWeight } from "../traffic/wanted-replicas.ts";
import { roundAmount } from "../placement/amount.ts";

/** What people, machines and bad luck do to the world between two passes. */
type Deed =
  | { readonly kind: "put"; readonly size: number; readonly broken: boolean; readonly keepsSecond: boolean }
  | { readonly kind: "split"; readonly tenths: number; readonly pick: number }
  | { readonly kind: "rollback"; readonly pick: number }
  | { readonly kind: "kill"; readonly pick: number }
  | { readonly kind: "nodeDown"; readonly pick: number }
  | { readonly kind: "nodeUp" }
  | { readonly kind: "wait"; readonly ticks: number };

const put = fc.record({
  kind: fc.constant("put" as const),
  size: fc.integer({ min: 1, max: 4 }),
  broken: fc.boolean(),
  keepsSecond: fc.boolean(),
});
const calmDeeds: fc.Arbitrary<Deed> = fc.oneof(
  put,
  fc.record({ kind: fc.constant("split" as const), tenths: fc.integer({ min: 1, max: 999 }), pick: fc.nat() }),
  fc.record({ kind: fc.constant("rollback" as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 30 }) }),
);
const roughDeeds: fc.Arbitrary<Deed> = fc.oneof(
  calmDeeds,
  fc.record({ kind: fc.constant("kill" as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant("nodeDown" as const), pick: fc.nat() }),
  fc.constant({ kind: "nodeUp" as const }),
);
const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

const TICK_MS = 400;
/** Longer than the longest backoff. */
const REST_TICKS = 80;

class Story {
  readonly world: World;
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
    this.world = new World([buildNode({ nodeId: "n1", cpus: 100 }), buildNode({ nodeId: "n2", cpus: 100 })]);
    // Short, so that what is kept warm goes while the story rests.
    this.world.settings = { ...this.world.settings, warmMs: 5_000 };
  }

  /** xorshift32, so that fast-check's seed repeats the whole story. */
  chance = (): number => {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  };

  /** A pipeline of two deployments; the second may share its pool with the revision before. */
  put(deed: { size: number; broken: boolean; keepsSecond: boolean }): void {
    const n = this.world.revisions.length + 1;
    const before = this.world.revisions.at(-1)?.deployments[1]?.poolId;
    const second = deed.keepsSecond && before !== undefined ? before : `b${n}`;
    const revision = this.world.put([
      buildDeployment({ name: "a", poolId: `a${n}`, numReplicas: deed.size, outbound: ["b"] }),
      buildDeployment({ name: "b", poolId: second, ingress: false, numReplicas: Math.max(1, deed.size - 1) }),
    ]);
    if (deed.broken) this.world.broken.add(`a${revision}`);
  }

  do(deed: Deed): void {
    const { world } = this;
    const described = world.revisions.length;
    switch (deed.kind) {
      case "put":
        return this.put(deed);
      case "split": {
        const first = (deed.pick % described) + 1;
        const second = (first % described) + 1;
        const weight = deed.tenths / 10;
        if (first === second) return;
        return world.aim({
          split: [
            { revision: first, weight },
            { revision: second, weight: roundAmount(100 - weight) },
          ],
        });
      }
      case "rollback":
        return world.aim({ targetRevision: (deed.pick % described) + 1, split: null });
      case "kill": {
        const running = world.replicas.filter(({ stage }) => stage === "ready" || stage === "loading");
        const victim = running[deed.pick % Math.max(1, running.length)];
        return victim === undefined ? undefined : world.fail(victim, "exited by SIGKILL");
      }
      case "nodeDown": {
        const node = world.nodes[deed.pick % world.nodes.length];
        if (node !== undefined) node.state = "unreachable";
        return;
      }
      case "nodeUp":
        for (const node of world.nodes) node.state = "ready";
        return;
      case "wait":
        for (let i = 0; i < deed.ticks; i += 1) this.tick();
        return;
      default:
        return deed satisfies never;
    }
  }

  tick(): void {
    const { world } = this;
    world.reconcile();
    this.checkAlways();
    world.advance(TICK_MS, this.chance);
  }

  /** Plain throws: these run for every tick, and `expect` is slow. */
  checkAlways(): void {
    const { world } = this;
    const variants = world.effective?.variants ?? [];
    const sum = roundAmount(variants.reduce((total, v) => total + v.weight, 0));
    if (variants.length > 0 && sum !== 100) throw new Error(`weights sum to ${sum}`);
    for (const node of world.measuredNodes()) {
      if (node.used.cpus > node.capacity.cpus + 1e-6) throw new Error(`${node.nodeId} holds ${node.used.cpus} CPUs`);
    }
    const silent = new Set(world.nodes.filter(({ state }) => state === "unreachable").map(({ nodeId }) => nodeId));
    for (const [poolId, { status }] of world.statuses) {
      const active = world.replicas.filter(
        (r) => r.poolId === poolId && !isEnded(r.stage) && r.stage !== "draining" && !silent.has(r.nodeId ?? ""),
      );
      // Surplus exists only where it was ready before the wanted number fell.
      const most = Math.max(status.wantedReplicas, active.filter(({ stage }) => stage === "ready").length);
      if (active.length > most) throw new Error(`${poolId} has ${active.length} replicas, wanted ${most}`);
    }
  }

  /** Every revision with weight, here or at a gateway that lags behind, has the replicas that its weight asks for. */
  checkServing(): void {
    const { world } = this;
    const isLagging = world.nowMs - (world.trafficChangedAtMs ?? 0) < 5000;
    const variants = [...(world.effective?.variants ?? []), ...(isLagging ? world.gatewayVariants : [])];
    for (const { revision, weight } of variants) {
      if (weight === 0) continue;
      for (const { poolId, numReplicas } of this.world.revisions[revision - 1]?.deployments ?? []) {
        const ready = this.world.ready(poolId).length;
        const needed = replicasAtWeight(numReplicas, weight);
        if (ready < needed)
          throw new Error(`revision ${revision} at ${weight} %: ${poolId} has ${ready} of ${needed} ready`);
      }
    }
  }

  /** Nothing happens from outside any more; ends when a pass changes nothing and nothing moves. */
  settle(): void {
    for (const node of this.world.nodes) node.state = "ready";
    let quiet = 0;
    for (let i = 0; i < 3000 && quiet < REST_TICKS; i += 1) {
      const plan = this.world.reconcile();
      this.checkAlways();
      quiet = plan.actions.every(({ kind }) => kind === "wakeAt" || kind === "forgetReplica") ? quiet + 1 : 0;
      this.world.advance(TICK_MS, this.chance);
    }
    expect(quiet, `does not come to rest: ${this.world.events.slice(-5).join(" | ")}`).toBe(REST_TICKS);
  }
}

describe("plans applied again and again", () => {
  it("come to rest with the intended weights, or with the failure recorded and the old weights kept", () => {
    fc.assert(
      fc.property(fc.array(roughDeeds, { maxLength: 25 }), seeds, (deeds, seed) => {
        const story = new Story(seed);
        story.put({ size: 2, broken: false, keepsSecond: false });
        for (const deed of deeds) {
          story.do(deed);
          story.tick();
        }
        story.settle();
        const { world } = story;
        const { application, status } = world;
        const intended = application.split ?? [{ revision: application.targetRevision, weight: 100 }];
        const isBroken = intended.some(({ revision }) => world.broken.has(`a${revision}`));
        expect(status?.state).toBe(isBroken ? "DEPLOY_FAILED" : "RUNNING");
        expect(status?.observedGeneration).toBe(application.generation);
        if (!isBroken)
          expect(world.effective?.variants.map(({ revision, weight }) => ({ revision, weight }))).toEqual(intended);
        if (!isBroken) story.checkServing();
        // Retired pools are empty.
        const live = new Set([...intended, ...(world.effective?.variants ?? [])].map(({ revision }) => revision));
        const kept = new Set(
          world.revisions.filter((r) => live.has(r.revision)).flatMap((r) => r.deployments.map((d) => d.poolId)),
        );
        expect(world.replicas.filter((r) => !isEnded(r.stage) && !kept.has(r.poolId))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("never leave a revision with weight without a ready replica when nothing is killed", () => {
    fc.assert(
      fc.property(fc.array(calmDeeds, { maxLength: 20 }), seeds, (deeds, seed) => {
        const story = new Story(seed);
        story.put({ size: 2, broken: false, keepsSecond: false });
        story.settle();
        expect(story.world.status?.state).toBe("RUNNING");
        for (const deed of deeds) {
          story.do(deed);
          for (let i = 0; i < 3; i += 1) {
            story.tick();
            story.checkServing();
            if ((story.world.effective?.variants ?? []).length === 0) throw new Error("no revision takes requests");
          }
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("end with nothing running and the application removed after a deletion", () => {
    fc.assert(
      fc.property(fc.array(roughDeeds, { maxLength: 10 }), seeds, (deeds, seed) => {
        const story = new Story(seed);
        story.put({ size: 2, broken: false, keepsSecond: false });
        for (const deed of deeds) {
          story.do(deed);
          story.tick();
        }
        story.world.aim({ deleting: true });
        for (let i = 0; i < 200 && !story.world.isRemoved; i += 1) {
          const { state } = story.world.reconcile().status;
          if (state !== "DELETING") throw new Error(`state ${state} while deleting`);
          story.world.advance(TICK_MS, story.chance);
        }
        expect(story.world.isRemoved).toBe(true);
        expect(story.world.replicas.filter((r) => r.stage === "ready")).toEqual([]);
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});
