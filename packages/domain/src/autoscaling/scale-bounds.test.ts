import { describe, expect, it } from "vitest";
import { resolveBounds } from "./scale-bounds.ts";

describe("resolveBounds", () => {
  const policy = { minReplicas: 1, maxReplicas: 4 };

  it.each([
    { window: null, bounds: { min: 1, max: 4, source: "config" } },
    { window: { minReplicas: 3, maxReplicas: 9 }, bounds: { min: 3, max: 9, source: "schedule" } },
    { window: { minReplicas: 0, maxReplicas: null }, bounds: { min: 0, max: 4, source: "schedule" } },
    { window: { minReplicas: 6, maxReplicas: null }, bounds: { min: 4, max: 4, source: "schedule" } },
  ])("holds $bounds while $window is open", ({ window, bounds }) => {
    expect(resolveBounds(policy, window)).toEqual(bounds);
  });
});
