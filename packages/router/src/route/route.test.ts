import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPool, buildSlice } from "../../test/build-slice.ts";
import { decideRoute } from "./decide-route.ts";
import { foldSlices } from "./fold-slices.ts";
import { compileRoutes, listRoutes, matchRoute } from "./match-route.ts";
import { pickVariant } from "./pick-variant.ts";
import { resolvePool } from "./resolve-pool.ts";

function tableOf(...prefixes: (string | null)[]) {
  return compileRoutes(prefixes.map((routePrefix, i) => buildSlice({ application: `app${i}`, routePrefix })));
}

describe("matchRoute", () => {
  const table = tableOf("/digits", "/digits/v2", "/a", null);
  it.each([
    ["/digits", "/digits"],
    ["/digits/", "/digits"],
    ["/digits/7", "/digits"],
    ["/digits2", undefined],
    ["/digits/v2", "/digits/v2"],
    ["/digits/v2/x/y/z", "/digits/v2"],
    ["/digits/v22", "/digits"],
    ["/a/b", "/a"],
    ["/", undefined],
    ["/other", undefined],
    ["", undefined],
    ["*", undefined],
  ])("gives %s to %s", (path, prefix) => {
    expect(matchRoute(table, path)?.routePrefix).toBe(prefix);
  });

  it("gives everything else to an application at /", () => {
    const withRoot = tableOf("/", "/a");
    expect(matchRoute(withRoot, "/")?.routePrefix).toBe("/");
    expect(matchRoute(withRoot, "/ab")?.routePrefix).toBe("/");
    expect(matchRoute(withRoot, "/a")?.routePrefix).toBe("/a");
    expect(listRoutes(withRoot)).toEqual({ "/": "app0", "/a": "app1" });
  });

  it("finds the same as the longest prefix with a boundary found by looking at all", () => {
    const segment = fc.constantFrom("a", "b", "ab");
    const path = fc.array(segment, { minLength: 0, maxLength: 4 }).map((parts) => `/${parts.join("/")}`);
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 6 }), path, (prefixes, wanted) => {
        const naive = prefixes
          .filter((prefix) => prefix === "/" || wanted === prefix || wanted.startsWith(`${prefix}/`))
          .sort((a, b) => b.length - a.length)[0];
        expect(matchRoute(tableOf(...prefixes), wanted)?.routePrefix).toBe(naive);
      }),
    );
  });
});

describe("pickVariant", () => {
  const variants = [
    { variant: "r1", revision: 1, weight: 90 },
    { variant: "r2", revision: 2, weight: 0 },
    { variant: "r3", revision: 3, weight: 10 },
  ];
  it.each([
    [0, "r1"],
    [0.8999, "r1"],
    [0.9, "r3"],
    [0.9999999999999999, "r3"],
  ])("u = %d falls on %s", (u, variant) => {
    expect(pickVariant(variants, u)?.variant).toBe(variant);
  });

  it("picks nothing where nothing has weight, and never a variant without weight", () => {
    expect(pickVariant([], 0.5)).toBeUndefined();
    expect(pickVariant([{ variant: "r1", revision: 1, weight: 0 }], 0)).toBeUndefined();
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.9999999999999999, noNaN: true }), (u) => {
        expect(pickVariant(variants, u)?.weight).toBeGreaterThan(0);
      }),
    );
  });
});

describe("decideRoute", () => {
  it("leads a path to the ingress pool of the variant's revision", () => {
    const decision = decideRoute(tableOf("/x"), "/x/y", 0.5);
    expect(decision).toMatchObject({ kind: "routed", variant: { variant: "r1" }, pool: { poolId: "p1" } });
  });

  it("says which routes exist when none matches", () => {
    expect(decideRoute(tableOf("/x"), "/z", 0)).toEqual({
      kind: "refused",
      code: "route/not_found",
      message: "No application serves /z. Routes: /x.",
      application: null,
    });
  });

  it("says why an application takes no requests", () => {
    const table = compileRoutes([buildSlice({ variants: [], message: "revision 1 has 0 of 2 replicas ready" })]);
    expect(decideRoute(table, "/", 0)).toMatchObject({
      code: "gateway/no_ready_replica",
      message: "Application app takes no requests now: revision 1 has 0 of 2 replicas ready",
    });
  });
});

describe("resolvePool", () => {
  it("stays in the revision of the request", () => {
    const pools = { p1: buildPool(), p2: buildPool({ poolId: "p2" }), shared: buildPool({ poolId: "shared" }) };
    const revisions = {
      "1": { ingress: "d", pools: { d: "p1", e: "shared" } },
      "2": { ingress: "d", pools: { d: "p2", e: "shared" } },
    };
    const slice = buildSlice({ pools, revisions });
    expect(resolvePool(slice, 1)?.poolId).toBe("p1");
    expect(resolvePool(slice, 2, "d")?.poolId).toBe("p2");
    expect(resolvePool(slice, 2, "e")?.poolId).toBe("shared");
    expect(resolvePool(slice, 3)).toBeUndefined();
    expect(resolvePool(slice, 1, "toString")).toBeUndefined();
  });
});

describe("foldSlices", () => {
  const book = foldSlices(new Map(), { epoch: 1, full: true, slices: [buildSlice({ version: 5 })], removed: [] });
  const versionAfter = (slices: Parameters<typeof foldSlices>[1]): number | undefined =>
    foldSlices(book, slices).get("app")?.version;

  it.each([
    ["ignores an older version", { epoch: 1, full: false, slices: [buildSlice({ version: 4 })], removed: [] }, 5],
    ["takes a newer version", { epoch: 1, full: false, slices: [buildSlice({ version: 6 })], removed: [] }, 6],
    [
      "takes version 1 of a later leader",
      { epoch: 2, full: false, slices: [buildSlice({ epoch: 2 })], removed: [] },
      1,
    ],
    ["removes what is named", { epoch: 1, full: false, slices: [], removed: ["app"] }, undefined],
    ["removes what a full set lacks", { epoch: 1, full: true, slices: [], removed: [] }, undefined],
    ["keeps what an older leader removes", { epoch: 0, full: true, slices: [], removed: ["app"] }, 5],
  ])("%s", (_name, update, version) => {
    expect(versionAfter(update)).toBe(version);
  });
});
