/** What the gateway itself answers, below `/-/`: health, routes, metrics. */
import type { RequestIds } from "@sluice/observability";
import { listRoutes } from "@sluice/router";
import type { Exchange } from "../exchange/exchange.ts";
import type { RoutingState } from "../routing/routing-state.ts";
import { answerProblem } from "./answer-problem.ts";

export interface OwnEndpointOptions {
  readonly routing: RoutingState;
  /** What this gateway counts, and what the cluster does. */
  readonly readMetrics: () => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly ids: RequestIds;
  /** True once the graceful stop began: load balancers then go elsewhere. */
  readonly isStopping: () => boolean;
}

export function answerOwn(options: OwnEndpointOptions, path: string, exchange: Exchange): void {
  if (path === "/-/healthz") {
    if (options.isStopping()) return answerText(exchange, 503, "This node is being drained.");
    if (!options.routing.isPopulated) return answerText(exchange, 503, "Route table is not populated yet.");
    return answerText(exchange, 200, "success");
  }
  if (path === "/-/routes") return answerJson(exchange, listRoutes(options.routing.table));
  if (path === "/-/metrics") {
    options.readMetrics().then(
      ({ contentType, body }) => {
        exchange.answer(200, ["content-type", contentType], Buffer.from(body));
      },
      (error: unknown) => answerText(exchange, 500, String(error)),
    );
    return;
  }
  answerProblem(exchange, {
    code: "route/not_found",
    detail: `The gateway itself has /-/healthz, /-/routes and /-/metrics, not ${path}.`,
    requestId: options.ids.next(Date.now()),
  });
}

function answerText(exchange: Exchange, status: number, text: string): void {
  exchange.answer(
    status,
    ["content-type", "text/plain; charset=utf-8", "cache-control", "no-store"],
    Buffer.from(text),
  );
}

function answerJson(exchange: Exchange, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  exchange.answer(200, ["content-type", "application/json", "cache-control", "no-store"], body);
}
