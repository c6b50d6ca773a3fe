import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildNode } from "../../test/build-snapshot.ts";
import { buildMember, buildWish } from "../../test/build-wish.ts";
import { measureNode } from "./measure-node-use.ts";
import type { RoomHolder } from "./measure-node-use.ts";
import { fitsInRoom, placeInRoom } from "./place-replicas.ts";
import { RoomLedger } from "./room-ledger.ts";

const facts = ["n0", "n1", "n2"].map((nodeId) => buildNode({ nodeId, gpuCount: 2 }));

const holderArb = fc
  .record({
    node: fc.integer({ min: 0, max: 2 }),
    cpus: fc.integer({ min: 0, max: 30 }).map((n) => n / 10),
    gpus: fc.constantFrom(0, 0.3, 0.5, 1, 2),
    lane: fc.constantFrom(0, 0.1, 1),
    memoryBytes: fc.integer({ min: 0, max: 1e9 }),
    poolId: fc.constantFrom("p1", "p2"),
  })
  .map(({ node, cpus, gpus, lane, memoryBytes, poolId }): RoomHolder => {
    const gpuUuids = [0, 1].slice(0, Math.ceil(gpus)).map((i) => `n${node}-gpu${i}`);
    return { nodeId: `n${node}`, poolId, gpuUuids, resources: { cpus, gpus, memoryBytes, custom: { lane } } };
  });

describe("RoomLedger", () => {
  it("is at any time what a count from scratch finds, in whatever order members come, go and nodes appear", () => {
    const deed = fc.oneof(
      fc.record({ kind: fc.constant("take" as const), holder: holderArb }),
      fc.record({ kind: fc.constant("give" as const), which: fc.nat(100) }),
      fc.record({ kind: fc.constant("appear" as const), which: fc.nat(2) }),
      fc.record({ kind: fc.constant("vanish" as const), which: fc.nat(2) }),
    );
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        const ledger = new RoomLedger();
        const known = new Set<string>();
        let holders: RoomHolder[] = [];
        for (const step of deeds) {
          if (step.kind === "take") {
            ledger.take(step.holder);
            holders.push(step.holder);
          } else if (step.kind === "give") {
            const gone = holders[step.which % Math.max(1, holders.length)];
            if (gone !== undefined) ledger.give(gone);
            holders = holders.filter((holder) => holder !== gone);
          } else {
            const node = facts[step.which];
            if (node === undefined) continue;
            if (step.kind === "appear") ledger.setNode(node);
            else ledger.removeNode(node.nodeId);
            if (step.kind === "appear") known.add(node.nodeId);
            else known.delete(node.nodeId);
          }
          const expected = facts.filter(({ nodeId }) => known.has(nodeId)).map((node) => measureNode(node, holders));
          const byId = (a: { nodeId: string }, b: { nodeId: string }): number => (a.nodeId < b.nodeId ? -1 : 1);
          expect(ledger.nodes().sort(byId)).toEqual(expected);
          for (const poolId of ["p1", "p2"]) {
            const count = holders.filter((holder) => holder.poolId === poolId && holder.nodeId === "n0").length;
            expect(ledger.count(poolId, "n0")).toBe(count);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("made from measured nodes is the same as made from their members", () => {
    fc.assert(
      fc.property(fc.array(holderArb, { maxLength: 10 }), (holders) => {
        const measured = facts.map((node) => measureNode(node, holders));
        expect(RoomLedger.of(measured).nodes()).toEqual(measured);
      }),
    );
  });

  it("is untouched by a plan, also by one that refuses a gang halfway", () => {
    const ledger = RoomLedger.of(facts, [{ poolId: "p1", nodeId: "n1", count: 3 }]);
    const before = ledger.nodes();
    const gang = buildWish({
      replicaId: "gang",
      members: Array.from({ length: 7 }, () => buildMember({ resources: { gpus: 1, cpus: 1 } })),
    });
    const wanted = [gang, buildWish({ replicaId: "plain", members: [buildMember({ resources: { cpus: 2 } })] })];
    const { placed, refused } = placeInRoom({ ledger, wanted });
    expect([placed.length, refused.length]).toEqual([1, 1]);
    expect(wanted.map((wish) => fitsInRoom(ledger, wish))).toEqual([false, true]);
    expect(ledger.nodes()).toEqual(before);
    expect(ledger.count("p1", "n1")).toBe(3);
  });
});
