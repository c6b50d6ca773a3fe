/** HTTP edge of the gateway: own endpoints below `/-/`, everything else to an application. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { decideRoute, listRoutes } from "@sluice/router";
import { isAllowedHost, metricsText, type MetricsRegistry, type WindowReporter } from "@sluice/observability";
import { ProxiedRequest } from "../request/proxied-request.ts";
import { announcedLength, hasNoBody, readBody } from "../request/read-body.ts";
import type { RequestPlan, RequestPorts } from "../request/request-plan.ts";
import type { RoutingState } from "../routing/routing-state.ts";
import { answerProblem } from "./answer-problem.ts";

export interface GatewayServerOptions {
  readonly allowedHosts: readonly string[];
  readonly requestTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly routing: RoutingState;
  readonly windows: WindowReporter;
  readonly metrics: MetricsRegistry;
  readonly ports: RequestPorts;
  readonly nextRequestId: (nowMs: number) => string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** True once the graceful stop began: load balancers then go elsewhere. */
  readonly isStopping: () => boolean;
}

/** Ray's default; a client that sends nothing for this long is let go. */
const keepAliveTimeoutMs = 90_000;
/** A client must deliver its head, and its whole request, within these. */
const headTimeoutMs = 30_000;
const wholeRequestTimeoutMs = 300_000;

export function createGatewayServer(options: GatewayServerOptions): Server {
  const server = createServer(
    {
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: headTimeoutMs,
      requestTimeout: wholeRequestTimeoutMs,
      noDelay: true,
    },
    (request, response) => handle(options, request, response),
  );
  return server;
}

/** Host headers repeat; one that was allowed is not parsed again. */
let lastAllowedHost: string | undefined;

function handle(options: GatewayServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const { host } = request.headers;
  if (host === undefined || host !== lastAllowedHost) {
    if (!isAllowedHost(host, options.allowedHosts)) {
      return answerProblem(response, {
        code: "request/unknown_host",
        detail: `This gateway does not answer to the Host ${JSON.stringify(host ?? "")}. Name it in SLUICE_ALLOWED_HOSTS if it should.`,
        requestId: options.nextRequestId(Date.now()),
      });
    }
    lastAllowedHost = host;
  }
  const url = request.url ?? "/";
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path.startsWith("/-/")) return answerOwn(options, path, response);
  forward(options, request, response, path);
}

function forward(
  options: GatewayServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): void {
  const { routing, windows, ports } = options;
  const requestId = options.nextRequestId(Date.now());
  if (!routing.isPopulated) {
    return answerProblem(response, {
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
    return answerProblem(response, decision.code === "route/not_found" ? problem : { ...problem, retryAfterS: 1 });
  }
  const { slice, variant, pool } = decision;
  const router = routing.pools.get(pool.poolId);
  const length = announcedLength(request);
  if (length !== undefined && length > options.maxBodyBytes) {
    response.setHeader("connection", "close");
    return answerProblem(response, {
      code: "request/too_large",
      detail: `The body has ${String(length)} bytes; at most ${String(options.maxBodyBytes)} are taken (SLUICE_MAX_BODY_BYTES).`,
      requestId,
    });
  }
  if (router === undefined) {
    return answerProblem(response, {
      code: "gateway/no_ready_replica",
      detail: `Application ${slice.application} has no pool.`,
      requestId,
    });
  }
  const startedMs = ports.now();
  const timeoutMs = timeoutOf(request, options.requestTimeoutMs);
  const clientRequestId = request.headers["x-request-id"];
  const traceparent = request.headers["traceparent"];
  const plan: RequestPlan = {
    slice,
    revisionNumber: variant.revision,
    revision: String(variant.revision),
    deployment: pool.deployment,
    requestId,
    clientRequestId: typeof clientRequestId === "string" ? clientRequestId : "",
    traceparent: typeof traceparent === "string" ? traceparent : "",
    startedMs,
    deadlineMs: timeoutMs > 0 ? startedMs + timeoutMs : Infinity,
    series: windows.series({
      application: slice.application,
      deployment: "",
      revision: variant.revision,
      variant: variant.variant,
    }),
  };
  const proxied = new ProxiedRequest(request, response, plan, ports, router);
  if (hasNoBody(request)) proxied.start({ kind: "none" });
  else readBody(request, (body) => proxied.start(body));
}

/** Ray's header `x-request-timeout-seconds` overrides the setting; 0 or less switches the limit off. */
function timeoutOf(request: IncomingMessage, settingMs: number): number {
  const header = request.headers["x-request-timeout-seconds"];
  if (header === undefined) return settingMs;
  const seconds = Number(header);
  return Number.isFinite(seconds) ? seconds * 1000 : settingMs;
}

function countRefusal(windows: WindowReporter, application: string): void {
  windows.record({ application, deployment: "", revision: 0, variant: "" }, 503, 0);
}

function answerOwn(options: GatewayServerOptions, path: string, response: ServerResponse): void {
  if (path === "/-/healthz") {
    if (options.isStopping()) return answerText(response, 503, "This node is being drained.");
    if (!options.routing.isPopulated) return answerText(response, 503, "Route table is not populated yet.");
    return answerText(response, 200, "success");
  }
  if (path === "/-/routes") return answerJson(response, listRoutes(options.routing.table));
  if (path === "/-/metrics") {
    metricsText(options.metrics).then(
      ({ contentType, body }) => {
        response.writeHead(200, { "content-type": contentType });
        response.end(body);
      },
      (error: unknown) => answerText(response, 500, String(error)),
    );
    return;
  }
  answerProblem(response, {
    code: "route/not_found",
    detail: `The gateway itself has /-/healthz, /-/routes and /-/metrics, not ${path}.`,
    requestId: options.nextRequestId(Date.now()),
  });
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(text);
}

function answerJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(value));
}
