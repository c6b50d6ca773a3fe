import type { HttpRequestHead } from "@sluice/wire";
import type { Exchange } from "../exchange/exchange.ts";
import type { RequestPlan } from "./request-plan.ts";

const none: readonly never[] = Object.freeze([]);

/** The request as a replica gets it. A literal with every field, always in this order: the engine sees one shape, and nothing is copied. */
export function buildRequestHead(
  exchange: Exchange,
  plan: RequestPlan,
  attempt: number,
  nowMs: number,
): HttpRequestHead {
  return {
    requestId: plan.requestId,
    traceparent: plan.traceparent,
    application: plan.slice.application,
    revision: plan.revisionNumber,
    deployment: plan.deployment,
    route: plan.slice.routePrefix ?? "",
    caller: "",
    stickyKey: "",
    multiplexedModelId: plan.modelId,
    deadlineMs: plan.deadlineMs === Infinity ? 0 : Math.max(1, Math.ceil(plan.deadlineMs - nowMs)),
    attempt,
    splitChoices: none,
    extras: none,
    kind: "http",
    method: exchange.method,
    target: plan.target,
    clientAddress: exchange.clientAddress,
    headers:
      exchange.upgrade === ""
        ? exchange.headers
        : [...exchange.headers, "connection", "upgrade", "upgrade", exchange.upgrade],
  };
}
