/** The way of a request from its path to an application: what can be refused at once is, the rest waits for a replica. */
import type { RoutingSlice } from "@sluice/contracts";
import type { WindowReporter } from "@sluice/observability";
import type { Exchange } from "../exchange/exchange.ts";
import { answerProblem } from "../http/answer-problem.ts";
import type { RoutingState } from "../routing/routing-state.ts";
import { chooseWay, type WayDecision } from "./choose-way.ts";
import { ProxiedRequest } from "./proxied-request.ts";
import { planRequest, replanRequest, type PlanPorts, type RequestPorts, type Reroute } from "./request-plan.ts";

export interface ForwardOptions extends PlanPorts {
  readonly maxBodyBytes: number;
  readonly overload: OverloadAnswer;
  readonly routing: RoutingState;
  readonly ports: RequestPorts;
  readonly isStopping: () => boolean;
}

/** What a client is told when the line is full. */
export interface OverloadAnswer {
  readonly queueFullStatus: 503 | 429;
  readonly retryAfterS: number;
}

/** Answers what cannot be forwarded, with its reason; everything else becomes a `ProxiedRequest`. */
export function forwardRequest(options: ForwardOptions, exchange: Exchange, path: string): void {
  const { routing } = options;
  const name = options.ids.next(Date.now());
  if (!routing.isPopulated) {
    return refuse(options, exchange, null, {
      code: "gateway/not_ready",
      detail: "The gateway has not heard of any route yet.",
      requestId: name,
      retryAfterS: 1,
    });
  }
  const choose = (): WayDecision => chooseWay(routing.table, exchange, path, !options.isStopping(), options.random);
  const way = choose();
  if (way.kind !== "routed") return answerUnrouted(options, exchange, way, name);
  const length = exchange.bodyBytes;
  if (length !== undefined && length > options.maxBodyBytes) {
    exchange.closeAfterAnswer();
    return refuse(options, exchange, way.slice, {
      code: "request/too_large",
      detail: `The body has ${String(length)} bytes; at most ${String(options.maxBodyBytes)} are taken (SLUICE_MAX_BODY_BYTES).`,
      requestId: name,
    });
  }
  const pool = routing.pools.get(way.pool.poolId);
  if (pool === undefined) {
    return refuse(options, exchange, way.slice, {
      code: "gateway/no_ready_replica",
      detail: `Application ${way.slice.application} has no pool.`,
      requestId: name,
      retryAfterS: 1,
    });
  }
  const plan = planRequest(options, exchange, way, name);
  const reroute: Reroute = (before) => {
    const next = choose();
    if (next.kind !== "routed" || next.slice.applicationId !== before.slice.applicationId) return null;
    const other = routing.pools.get(next.pool.poolId);
    return other === undefined || other.isClosed ? null : { plan: replanRequest(options, before, next), pool: other };
  };
  options.ports.begin();
  new ProxiedRequest(exchange, plan, options.ports, pool, reroute, options).start();
}

function answerUnrouted(
  options: ForwardOptions,
  exchange: Exchange,
  decision: Exclude<WayDecision, { kind: "routed" }>,
  requestId: string,
): void {
  const { application } = decision;
  if (application !== null) countRefusal(options.windows, application);
  if (decision.kind === "own") {
    const headers = ["content-type", "application/json", "x-request-id", requestId];
    return exchange.answer(decision.status, headers, Buffer.from(JSON.stringify(decision.body)));
  }
  const slices = application === null ? [] : options.routing.snapshot().slices;
  const slice = slices.find((one) => one.application === application) ?? null;
  const problem = { code: decision.code, detail: decision.message, requestId };
  refuse(options, exchange, slice, decision.code === "route/not_found" ? problem : { ...problem, retryAfterS: 1 });
}

/** Answers a request that goes nowhere; without a slice no application is to blame. */
function refuse(
  { ports }: ForwardOptions,
  exchange: Exchange,
  slice: RoutingSlice | null,
  problem: Parameters<typeof answerProblem>[1],
): void {
  answerProblem(exchange, problem);
  ports.refused(slice, exchange.method, exchange.status);
}

function countRefusal(windows: WindowReporter, application: string): void {
  windows.record({ application, deployment: "", revision: 0, variant: "" }, 503, 0);
}
