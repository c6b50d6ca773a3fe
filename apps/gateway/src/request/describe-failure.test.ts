import { expect, test } from "vitest";
import type { RoutedPool, RoutingSlice } from "@sluice/contracts";
import { describeDeadline, describeLoss, describeRefusal } from "./describe-failure.ts";
import type { RequestPlan } from "./request-plan.ts";

const slice: RoutingSlice = {
  application: "app",
  applicationId: "a1",
  epoch: 1,
  version: 1,
  routePrefix: "/app",
  variants: [],
  revisions: {},
  pools: {},
  message: "it is starting",
};
const overload = { queueFullStatus: 503, retryAfterS: 1 } as const;
const plan: RequestPlan = {
  slice,
  revisionNumber: 1,
  revision: "1",
  deployment: "main",
  target: "/app",
  name: "r",
  modelId: "",
  requestId: "r",
  clientRequestId: "",
  traceparent: "",
  startedMs: 1_000,
  deadlineMs: 3_000,
  series: { record: () => undefined, ongoing: () => undefined, queued: () => undefined, retry: () => undefined },
};

test("a full line, a passed deadline and an empty pool are told apart", () => {
  expect(describeRefusal("queue_full", plan, 7, 1_500, overload)).toMatchObject({
    code: "gateway/queue_full",
    retryAfterS: 1,
  });
  expect(describeRefusal("deadline", plan, 0, 3_000, overload)).toMatchObject({ code: "gateway/deadline" });
  // The wait for an empty pool ended before the request's own deadline: the pool is to blame, with its reason.
  expect(describeRefusal("deadline", plan, 0, 2_999, overload)).toEqual({
    code: "gateway/no_ready_replica",
    detail: "Application app has no ready replica: it is starting",
    retryAfterS: 1,
  });
});

test("a deployment says itself how its full queue is answered, the gateway the rest", () => {
  const pool = { poolId: "p", deployment: "main", maxOngoingRequests: 1, maxQueuedRequests: 1, backends: [] };
  const answer = (queueFull: RoutedPool["queueFull"]) => {
    const routed = { ...pool, ...(queueFull === undefined ? {} : { queueFull }) };
    const own = { ...slice, revisions: { "1": { ingress: "main", pools: { main: "p" } } }, pools: { p: routed } };
    const { status, retryAfterS } = describeRefusal("queue_full", { ...plan, slice: own }, 7, 1_500, overload);
    return [status, retryAfterS];
  };
  expect(answer({ status: 429, retryAfterS: 2.5 })).toEqual([429, 2.5]);
  expect(answer({ status: 429, retryAfterS: null })).toEqual([429, 1]);
  expect(answer(undefined)).toEqual([503, 1]);
});

test("an answer that came too late names the limit", () => {
  expect(describeDeadline(plan).detail).toBe("The answer did not come within 2000 ms.");
});

test("a refused request may be tried again, a lost one says why it is not repeated", () => {
  expect(describeLoss("rejected", "", "")).toMatchObject({ code: "gateway/no_ready_replica", retryAfterS: 1 });
  expect(describeLoss("taken", "connection lost", "POST may not be repeated")).toEqual({
    code: "replica/lost",
    detail: "The replica was lost while it had the request (connection lost); not repeated: POST may not be repeated.",
  });
});
