/** What the gateway itself answers, below `/-/`: health, routes, metrics. */
import type { ServerResponse } from "node:http";
import { metricsText, type MetricsRegistry } from "@sluice/observability";
import { listRoutes } from "@sluice/router";
import type { RoutingState } from "../routing/routing-state.ts";
import { answerProblem } from "./answer-problem.ts";

export interface OwnEndpointOptions {
  readonly routing: RoutingState;
  readonly metrics: MetricsRegistry;
  readonly nextRequestId: (nowMs: number) => string;
  /** True once the graceful stop began: load balancers then go elsewhere. */
  readonly isStopping: () => boolean;
}

export function answerOwn(options: OwnEndpointOptions, path: string, response: ServerResponse): void {
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
