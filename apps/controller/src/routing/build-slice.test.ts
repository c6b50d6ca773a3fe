import { describe, expect, it } from "vitest";
import { buildSlice, type SliceFacts } from "./build-slice.ts";
import { isAtLeast, SliceTable } from "./slice-table.ts";

const backend = (replicaId: string) => ({
  kind: "wire" as const,
  replicaId,
  nodeId: "n1",
  address: { kind: "unix" as const, path: `/run/${replicaId}` },
});

const facts: SliceFacts = {
  application: "digits",
  applicationId: "a1",
  routePrefix: "/digits",
  variants: [{ variant: "r2", revision: 2, weight: 100 }],
  revisions: [
    { number: 2, ingress: "model", pools: { model: "p2" } },
    { number: 1, ingress: "model", pools: { model: "p1" } },
  ],
  pools: [
    { poolId: "p2", deployment: "model", runtime: "onnx", maxOngoingRequests: 5, maxQueuedRequests: -1 },
    { poolId: "p1", deployment: "model", runtime: "onnx", maxOngoingRequests: 5, maxQueuedRequests: -1 },
  ],
  backends: [
    { poolId: "p2", backend: backend("b") },
    { poolId: "p2", backend: backend("a") },
    { poolId: "p1", backend: backend("old") },
  ],
  message: "",
};

describe("buildSlice", () => {
  it("keeps a revision without weight while its replicas run, and forgets it afterwards", () => {
    const draining = buildSlice(facts);
    expect(draining.variants.map((variant) => variant.revision)).toEqual([2]);
    expect(Object.keys(draining.revisions)).toEqual(["1", "2"]);
    expect(draining.pools["p2"]?.backends.map((each) => each.replicaId)).toEqual(["a", "b"]);
    const drained = buildSlice({ ...facts, backends: facts.backends.filter((entry) => entry.poolId === "p2") });
    expect(Object.keys(drained.revisions)).toEqual(["2"]);
    expect(Object.keys(drained.pools)).toEqual(["p2"]);
  });

  it("leads a request inside an old revision to the pool that took over from one that is empty", () => {
    const shared = { poolId: "a", deployment: "caller", runtime: "node", maxOngoingRequests: 5, maxQueuedRequests: -1 };
    const slice = buildSlice({
      ...facts,
      revisions: [
        { number: 2, ingress: "caller", pools: { caller: "a", model: "p2" } },
        { number: 1, ingress: "caller", pools: { caller: "a", model: "p1" } },
      ],
      pools: [...facts.pools, shared],
      backends: [
        { poolId: "a", backend: backend("c") },
        { poolId: "p2", backend: backend("b") },
      ],
    });
    expect(slice.revisions["1"]?.pools).toEqual({ caller: "a", model: "p2" });
    expect(Object.keys(slice.pools)).toEqual(["a", "p2"]);
  });

  it("tells routers what a full queue is answered, where the deployment says so", () => {
    const queueFull = { status: 429, retryAfterS: 2 } as const;
    const { pools } = buildSlice({
      ...facts,
      pools: facts.pools.map((pool) => (pool.poolId === "p2" ? { ...pool, queueFull } : pool)),
    });
    expect(pools["p2"]?.queueFull).toEqual(queueFull);
    expect(pools["p1"]).not.toHaveProperty("queueFull");
  });

  it("gives the same slice for the same facts in another order", () => {
    const shuffled: SliceFacts = {
      ...facts,
      revisions: [...facts.revisions].reverse(),
      pools: [...facts.pools].reverse(),
      backends: [...facts.backends].reverse(),
    };
    expect(JSON.stringify(buildSlice(shuffled))).toBe(JSON.stringify(buildSlice(facts)));
  });
});

describe("SliceTable", () => {
  it("gives a new version only to a changed slice", () => {
    const table = new SliceTable(3);
    expect(table.put(buildSlice(facts))).toMatchObject({ epoch: 3, version: 1 });
    expect(table.put(buildSlice(facts))).toBeNull();
    expect(table.put(buildSlice({ ...facts, backends: [] }))).toMatchObject({ epoch: 3, version: 2 });
  });

  it("orders versions by epoch first", () => {
    const wanted = { epoch: 3, version: 5 };
    expect(isAtLeast({ application: "x", epoch: 3, version: 4 }, wanted)).toBe(false);
    expect(isAtLeast({ application: "x", epoch: 3, version: 5 }, wanted)).toBe(true);
    expect(isAtLeast({ application: "x", epoch: 4, version: 1 }, wanted)).toBe(true);
    expect(isAtLeast(undefined, wanted)).toBe(false);
  });
});
