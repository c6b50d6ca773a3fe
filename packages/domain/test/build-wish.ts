import type { MemberWish, PlacementWish } from "../src/placement/placement.ts";
import type { Resources } from "../src/placement/resources.ts";

/** Builders for placement: a test names only what it is about. */

export function buildMember(
  overrides: Partial<Omit<MemberWish, "resources">> & { resources?: Partial<Resources> } = {},
): MemberWish {
  const { resources, ...rest } = overrides;
  return {
    labelSelector: {},
    acceleratorType: null,
    ...rest,
    resources: { cpus: 0, gpus: 0, memoryBytes: 0, custom: {}, ...resources },
  };
}

export function buildWish(overrides: Partial<PlacementWish> = {}): PlacementWish {
  return {
    replicaId: "r1",
    poolId: "p1",
    members: [buildMember()],
    strategy: "PACK",
    maxReplicasPerNode: null,
    ...overrides,
  };
}
