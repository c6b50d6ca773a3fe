import { expect, it } from "vitest";
import type { Application, PoolStatus } from "@sluice/db";
import { summaryOf } from "./application-views.ts";

const application = {
  id: "a",
  projectId: "p",
  name: "digits",
  routePrefix: "/digits",
  targetRevision: 1,
  generation: 3,
  createdAtMs: 0,
  updatedAtMs: 0,
  deletingAtMs: null,
} as Application;
const pool = (readyReplicas: number, wantedReplicas: number, warmUntilMs: number | null = null): PoolStatus =>
  ({ readyReplicas, wantedReplicas, warmUntilMs }) as PoolStatus;
const readyOf = (...pools: PoolStatus[]) => {
  const byId = new Map(pools.map((one, index) => [String(index), one]));
  const { ready_replicas, wanted_replicas } = summaryOf({ application, status: null, deployments: [], pools: byId });
  return [ready_replicas, wanted_replicas];
};

it("counts as ready what is wanted: neither replicas kept warm nor those that a rollback lets go", () => {
  expect(readyOf(pool(3, 3), pool(3, 0))).toEqual([3, 3]);
  expect(readyOf(pool(3, 3), pool(3, 0, 1_000))).toEqual([3, 3]);
  expect(readyOf(pool(1, 3), pool(3, 3))).toEqual([4, 6]);
  expect(readyOf(pool(5, 3))).toEqual([3, 3]);
});
