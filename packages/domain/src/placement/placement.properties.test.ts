import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGpu, buildNode } from "../../test/build-snapshot.ts";
import { buildMember, buildWish } from "../../test/build-wish.ts";
import { measureNodeUse } from "./measure-node-use.ts";
import type { RoomHolder } from "./measure-node-use.ts";
import { placeReplicas } from "./place-replicas.ts";
import { placementStrategies } from "./placement.ts";
import type { MemberWish, PlacementNode, PlacementResult, PlacementWish } from "./placement.ts";

const tenths = fc.integer({ min: 0, max: 40 }).map((n) => n / 10);
const model = fc.constantFrom("NVIDIA L4", "NVIDIA A100-SXM4-80GB");
const zone = fc.constantFrom("a", "b");
const memberArb = fc
  .record({
    cpus: tenths,
    gpus: fc.constantFrom(0, 0, 0, 0.25, 0.5, 0.3, 1, 2),
    memoryBytes: fc.constantFrom(0, 0, 2 ** 30, 4.2 * 2 ** 30),
    lanes: fc.constantFrom(0, 0, 0, 1),
    acceleratorType: fc.constantFrom(null, null, "L4", "a100"),
    labelSelector: fc.constantFrom({}, {}, { zone: "a" }, { zone: "!a" }, { zone: "in(a,b)" }),
    vramBytes: fc.constantFrom(null, null, 30 * 2 ** 30),
  })
  .map(({ cpus, gpus, memoryBytes, lanes, ...rest }) =>
    buildMember({ ...rest, resources: { cpus, gpus, memoryBytes, custom: lanes === 0 ? {} : { lane: lanes } } }),
  );
const nodesArb = fc
  .array(
    fc.record({
      cpus: tenths,
      models: fc.array(model, { maxLength: 3 }),
      lanes: fc.constantFrom(0, 2),
      zone: fc.option(zone, { nil: undefined }),
      state: fc.constantFrom("ready", "ready", "ready", "draining", "cordoned", "unreachable"),
    }),
    { maxLength: 4 },
  )
  .map((inits) =>
    inits.map(({ cpus, models, lanes, zone: label, state }, i): PlacementNode => {
      const gpus = models.map((name, g) => {
        const memoryBytes = (name === "NVIDIA L4" ? 24 : 80) * 2 ** 30;
        return buildGpu({ uuid: `n${i}-g${g}`, model: name, memoryBytes });
      });
      const capacity = {
        cpus,
        gpus: gpus.length,
        memoryBytes: 8 * 2 ** 30,
        custom: lanes === 0 ? {} : { lane: lanes },
      };
      const labels: Record<string, string> = label === undefined ? {} : { zone: label };
      return buildNode({ nodeId: `n${i}`, capacity, gpus, labels, state: state as PlacementNode["state"] });
    }),
  );
const wishesArb = fc
  .array(
    fc.record({
      members: fc.oneof(
        { weight: 2, arbitrary: fc.array(memberArb, { minLength: 1, maxLength: 1 }) },
        { weight: 1, arbitrary: fc.array(memberArb, { minLength: 2, maxLength: 3 }) },
      ),
      strategy: fc.constantFrom(...placementStrategies),
      poolId: fc.constantFrom("p1", "p2"),
      maxReplicasPerNode: fc.constantFrom(null, null, 1, 2),
    }),
    { maxLength: 12 },
  )
  .map((inits) =>
    inits.map(({ maxReplicasPerNode, ...init }, i) =>
      buildWish({
        ...init,
        replicaId: `r${String(i).padStart(2, "0")}`,
        // As in Ray, not together with bundles.
        maxReplicasPerNode: init.members.length === 1 ? maxReplicasPerNode : null,
      }),
    ),
  );

function holdersOf(wishes: readonly PlacementWish[], { placed }: PlacementResult): (RoomHolder & { poolId: string })[] {
  return placed.flatMap(({ replicaId, members }) => {
    const wish = wishes.find((each) => each.replicaId === replicaId);
    if (wish === undefined) throw new Error(`${replicaId} was never wanted`);
    return members.map(({ rank, nodeId, gpuUuids }) => {
      return {
        nodeId,
        gpuUuids,
        poolId: wish.poolId,
        resources: wish.members[rank]?.resources ?? buildMember().resources,
      };
    });
  });
}

/** Whether a plain replica fits on a node, told again from the meaning of the options and nothing of the code under test. */
function couldRun(member: MemberWish, node: PlacementNode, holders: readonly RoomHolder[]): boolean {
  const { used } = measureNodeUse({ nodeId: node.nodeId, gpuUuids: [] }, holders);
  const { cpus, memoryBytes, gpus, custom } = member.resources;
  const fits = (need: number, has: number, taken: number): boolean => need === 0 || need + taken <= has + 1e-6;
  if (node.state !== "ready") return false;
  if (!fits(cpus, node.capacity.cpus, used.cpus)) return false;
  if (!fits(memoryBytes, node.capacity.memoryBytes, used.memoryBytes)) return false;
  if (!fits(custom["lane"] ?? 0, node.capacity.custom["lane"] ?? 0, used.custom["lane"] ?? 0)) return false;
  const rule = member.labelSelector["zone"];
  const label = node.labels["zone"];
  if (rule === "a" && label !== "a") return false;
  if (rule === "!a" && label === "a") return false;
  if (rule === "in(a,b)" && label === undefined) return false;
  const right = node.gpus.filter(({ model: name }) => {
    return member.acceleratorType === null || name.includes(member.acceleratorType.toUpperCase());
  });
  if (gpus === 0) return member.acceleratorType === null || right.length > 0;
  const perGpuBytes = (member.vramBytes ?? 0) / gpus;
  const open = right.filter(({ uuid, memoryBytes: size }) => {
    const shares = holders.filter((holder) => holder.gpuUuids.includes(uuid)).map((h) => Math.min(1, h.resources.gpus));
    const taken = shares.reduce((sum, share) => sum + share, 0);
    return (size ?? 0) >= perGpuBytes && taken + Math.min(1, gpus) <= 1 + 1e-6;
  });
  return open.length >= Math.ceil(gpus);
}

/** Whether a gang could run: every way of giving its members to nodes, shares of GPUs left out. */
function couldGangRun(wish: PlacementWish, nodes: readonly PlacementNode[], holders: readonly RoomHolder[]): boolean {
  const { members, strategy } = wish;
  const descend = (rank: number, placed: readonly RoomHolder[]): boolean => {
    const member = members[rank];
    if (member === undefined) return true;
    return nodes.some((node) => {
      const own = placed.slice(holders.length).map(({ nodeId }) => nodeId);
      if (strategy === "STRICT_PACK" && own.some((id) => id !== node.nodeId)) return false;
      if (strategy === "STRICT_SPREAD" && own.includes(node.nodeId)) return false;
      if (!couldRun(member, node, placed)) return false;
      const { nodeId } = node;
      return descend(rank + 1, [...placed, { nodeId, gpuUuids: [], resources: member.resources }]);
    });
  };
  return descend(0, holders);
}

describe("placeReplicas under any load", () => {
  it("answers for every replica once, all members or none, each with its GPUs and as its strategy says", () => {
    fc.assert(
      fc.property(nodesArb, wishesArb, (nodes, wanted) => {
        const { placed, refused } = placeReplicas({ nodes, wanted, running: [] });
        const answered = [...placed, ...refused].map(({ replicaId }) => replicaId).sort();
        expect(answered).toEqual(wanted.map(({ replicaId }) => replicaId));
        for (const { replicaId, members } of placed) {
          const wish = wanted.find((each) => each.replicaId === replicaId);
          expect(members.map(({ rank }) => rank)).toEqual(wish?.members.map((_, rank) => rank));
          for (const { rank, gpuUuids } of members) {
            expect(new Set(gpuUuids).size).toBe(Math.ceil(wish?.members[rank]?.resources.gpus ?? 0));
          }
          const homes = new Set(members.map(({ nodeId }) => nodeId)).size;
          if (wish?.strategy === "STRICT_PACK") expect(homes).toBe(1);
          if (wish?.strategy === "STRICT_SPREAD") expect(homes).toBe(members.length);
        }
        for (const { perNode, reason } of refused) {
          expect(perNode.map(({ nodeId }) => nodeId)).toEqual(nodes.map(({ nodeId }) => nodeId));
          expect(perNode.every((each) => each.reason !== "" && !each.reason.includes("has room now"))).toBe(true);
          expect(reason).not.toMatch(/undefined|NaN|Infinity/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("never fills a node above its capacity, gives no GPU twice, and takes only ready nodes", () => {
    fc.assert(
      fc.property(nodesArb, wishesArb, (nodes, wanted) => {
        const holders = holdersOf(wanted, placeReplicas({ nodes, wanted, running: [] }));
        for (const node of nodes) {
          const here = holders.filter(({ nodeId }) => nodeId === node.nodeId);
          if (here.length > 0) expect(node.state).toBe("ready");
          const { used } = measureNodeUse({ nodeId: node.nodeId, gpuUuids: [] }, holders);
          expect(used.cpus).toBeLessThanOrEqual(node.capacity.cpus + 1e-6);
          expect(used.memoryBytes).toBeLessThanOrEqual(node.capacity.memoryBytes);
          expect(used.custom["lane"] ?? 0).toBeLessThanOrEqual(node.capacity.custom["lane"] ?? 0);
          for (const { uuid } of node.gpus) {
            const shares = here.filter((h) => h.gpuUuids.includes(uuid)).map((h) => Math.min(1, h.resources.gpus));
            expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-6);
          }
          for (const pool of ["p1", "p2"]) {
            const limits = wanted.filter((w) => w.poolId === pool).map((w) => w.maxReplicasPerNode);
            const count = here.filter(({ poolId }) => poolId === pool).length;
            // Every one of the pool has the same limit.
            if (limits.every((limit) => limit === 1)) expect(count).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a plain replica only where it fits on no node, and offers only values that fit", () => {
    fc.assert(
      fc.property(nodesArb, wishesArb, (nodes, wanted) => {
        const result = placeReplicas({ nodes, wanted, running: [] });
        const holders = holdersOf(wanted, result);
        for (const { replicaId } of result.refused) {
          const wish = wanted.find((each) => each.replicaId === replicaId);
          const [member] = wish?.members ?? [];
          if (wish === undefined || member === undefined || wish.members.length > 1) continue;
          for (const node of nodes) {
            const here = holders.filter((h) => h.nodeId === node.nodeId && h.poolId === wish.poolId).length;
            const isFull = wish.maxReplicasPerNode !== null && here >= wish.maxReplicasPerNode;
            expect(couldRun(member, node, holders) && !isFull).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("fills scarce GPUs to the brim: with shares alone, none is refused that would fit", () => {
    const shareArb = fc.array(fc.constantFrom(0.25, 0.3, 0.5, 0.7, 1), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), shareArb, (gpuCount, shares) => {
        const nodes = [buildNode({ gpuCount })];
        const wanted = shares.map((gpus, i) =>
          buildWish({ replicaId: `r${i}`, members: [buildMember({ resources: { gpus } })] }),
        );
        const result = placeReplicas({ nodes, wanted, running: [] });
        const holders = holdersOf(wanted, result);
        for (const { replicaId } of result.refused) {
          const member = wanted.find((wish) => wish.replicaId === replicaId)?.members[0];
          expect(nodes.some((node) => member !== undefined && couldRun(member, node, holders))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("offers a smaller value only when the replica is placed with it", () => {
    fc.assert(
      fc.property(nodesArb, memberArb, (nodes, member) => {
        const [refusal] = placeReplicas({ nodes, wanted: [buildWish({ members: [member] })], running: [] }).refused;
        for (const { nodeId, suggestion } of refusal?.perNode ?? []) {
          if (suggestion === null) continue;
          const field = { num_cpus: "cpus", num_gpus: "gpus", memory: "memoryBytes" }[suggestion.option];
          const smaller = { ...member, resources: { ...member.resources, [field]: suggestion.value } };
          const only = nodes.filter((node) => node.nodeId === nodeId);
          expect(
            placeReplicas({ nodes: only, wanted: [buildWish({ members: [smaller] })], running: [] }).refused,
          ).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a gang without shares of GPUs only where no way of placing it exists", () => {
    const gangArb = fc
      .array(memberArb, { minLength: 2, maxLength: 4 })
      .map((members) => members.map((m) => ({ ...m, acceleratorType: null, resources: { ...m.resources, gpus: 0 } })));
    fc.assert(
      fc.property(nodesArb, gangArb, fc.constantFrom(...placementStrategies), (nodes, members, strategy) => {
        const wish = buildWish({ members, strategy });
        const isPlaced = placeReplicas({ nodes, wanted: [wish], running: [] }).placed.length === 1;
        expect(isPlaced).toBe(couldGangRun(wish, nodes, []));
      }),
      { numRuns: 500 },
    );
  });

  it("makes the same plan whatever the order of nodes and wishes", () => {
    fc.assert(
      fc.property(nodesArb, wishesArb, (nodes, wanted) => {
        const plan = placeReplicas({ nodes, wanted, running: [] });
        const again = placeReplicas({ nodes: [...nodes].reverse(), wanted: [...wanted].reverse(), running: [] });
        expect(again.placed).toEqual(plan.placed);
        expect(again.refused.map(({ replicaId }) => replicaId)).toEqual(plan.refused.map(({ replicaId }) => replicaId));
      }),
      { numRuns: 200 },
    );
  });
});
