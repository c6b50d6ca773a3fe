/** The way of a request from its path to an application: what can be refused at once is, the rest waits for a replica. */
import type { WindowReporter } from "@sluice/observability";
import { decideRoute } from "@sluice/router";
import type { Exchange } from "../exchange/exchange.ts";
import { answerProblem } from "../http/answer-problem.ts";
import type { RoutingState } from "../routing/routing-state.ts";
import { ProxiedRequest } from "./proxied-request.ts";
import type { RequestPlan, RequestPorts, Reroute } from "./request-plan.ts";

export interface ForwardOptions {
  readonly requestTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly routing: RoutingState;
  readonly windows: WindowReporter;
  readonly ports: RequestPorts;
  readonly nextRequestId: (nowMs: number) => string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Answers what cannot be forwarded, with its reason; everything else becomes a `ProxiedRequest`. */
export function forwardRequest(options: ForwardOptions, exchange: Exchange, path: string): void {
  const { routing, windows, ports } = options;
  const requestId = options.nextRequestId(Date.now());
  if (!routing.isPopulated) {
    return answerProblem(exchange, {
      code: "gateway/not_ready",
      detail: "The gateway has not heard of any route yet.",
      requestId,
      retryAfterS: 1,
    });
  }
  const decision = decideRoute(routing.table, path, options.random());
  if (decision.kind === "refused") {
    if (decision.application !== null) countRefusal(windows, decision.application);
    const problem = { code: decision.code, detail: decision.message, requestId };
    return answerProblem(exchange, decision.code === "route/not_found" ? problem : { ...problem, retryAfterS: 1 });
  }
  const { slice, pool } = decision;
  const router = routing.pools.get(pool.poolId);
  const length = exchange.bodyBytes;
  if (length !== undefined && length > options.maxBodyBytes) {
    exchange.closeAfterAnswer();
    return answerProblem(exchange, {
      code: "request/too_large",
      detail: `The body has ${String(length)} bytes; at most ${String(options.maxBodyBytes)} are taken (SLUICE_MAX_BODY_BYTES).`,
      requestId,
    });
  }
  if (router === undefined) {
    return answerProblem(exchange, {
      code: "gateway/no_ready_replica",
      detail: `Application ${slice.application} has no pool.`,
      requestId,
    });
  }
  const plan = planRequest(options, exchange, decision, requestId);
  const reroute: Reroute = (before) => {
    const next = decideRoute(routing.table, path, options.random());
    if (next.kind === "refused" || next.slice.applicationId !== before.slice.applicationId) return null;
    const pool = routing.pools.get(next.pool.poolId);
    return pool === undefined || pool.isClosed ? null : { plan: { ...before, ...planVariant(windows, next) }, pool };
  };
  new ProxiedRequest(exchange, plan, ports, router, reroute, options.maxBodyBytes).start();
}

type RouteFound = Exclude<ReturnType<typeof decideRoute>, { kind: "refused" }>;

function planRequest(
  { ports, windows, requestTimeoutMs }: ForwardOptions,
  exchange: Exchange,
  route: RouteFound,
  requestId: string,
): RequestPlan {
  const startedMs = ports.now();
  const timeoutMs = timeoutOf(exchange.header("x-request-timeout-seconds"), requestTimeoutMs);
  const { slice, revisionNumber, revision, deployment, series } = planVariant(windows, route);
  // Written out: a spread of so many fields makes an object that the engine stores as a hash table.
  return {
    slice,
    revisionNumber,
    revision,
    deployment,
    series,
    requestId,
    clientRequestId: exchange.header("x-request-id") ?? "",
    traceparent: exchange.header("traceparent") ?? "",
    startedMs,
    deadlineMs: timeoutMs > 0 ? startedMs + timeoutMs : Infinity,
  };
}

type VariantPlan = Pick<RequestPlan, "slice" | "revisionNumber" | "revision" | "deployment" | "series">;

/** What of a plan follows from the variant that was chosen. */
function planVariant(windows: WindowReporter, { slice, variant, pool }: RouteFound): VariantPlan {
  return {
    slice,
    revisionNumber: variant.revision,
    revision: String(variant.revision),
    deployment: pool.deployment,
    series: windows.series({
      application: slice.application,
      deployment: "",
      revision: variant.revision,
      variant: variant.variant,
    }),
  };
}

/** Ray's header `x-request-timeout-seconds` overrides the setting; 0 or less switches the limit off. */
function timeoutOf(header: string | undefined, settingMs: number): number {
  if (header === undefined) return settingMs;
  const seconds = Number(header);
  return Number.isFinite(seconds) ? seconds * 1000 : settingMs;
}

function countRefusal(windows: WindowReporter, application: string): void {
  windows.record({ application, deployment: "", revision: 0, variant: "" }, 503, 0);
}
