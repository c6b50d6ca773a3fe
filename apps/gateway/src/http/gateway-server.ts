/** HTTP edge of the gateway: own endpoints below `/-/`, everything else to an application. */
import type { Exchange } from "../exchange/exchange.ts";
import { EdgeServer, type Certificate } from "../edge/edge-server.ts";
import type { EdgeLimits } from "../edge/limits.ts";
import { forwardRequest, type ForwardOptions } from "../request/forward-request.ts";
import { answerProblem, problemAnswer } from "./answer-problem.ts";
import { createHostCheck } from "./host-check.ts";
import { answerOwn, type OwnEndpointOptions } from "./own-endpoints.ts";

export interface GatewayServerOptions extends ForwardOptions, OwnEndpointOptions {
  readonly allowedHosts: readonly string[];
  readonly limits: EdgeLimits;
  readonly certificate: Certificate | null;
}

export function createGatewayServer(options: GatewayServerOptions): EdgeServer {
  const mayAnswer = createHostCheck(options.allowedHosts);
  return new EdgeServer({
    limits: options.limits,
    certificate: options.certificate,
    onExchange: (exchange) => {
      if (mayAnswer(exchange.host)) answer(options, exchange);
      else refuseHost(options, exchange);
    },
    faultAnswer: (status, detail) =>
      problemAnswer({
        code: status === 408 ? "request/timeout" : "request/invalid",
        status,
        detail,
        requestId: options.ids.next(Date.now()),
      }),
  });
}

function answer(options: GatewayServerOptions, exchange: Exchange): void {
  const { target } = exchange;
  const queryAt = target.indexOf("?");
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  if (path.startsWith("/-/")) answerOwn(options, path, exchange);
  else forwardRequest(options, exchange, path);
}

function refuseHost(options: GatewayServerOptions, exchange: Exchange): void {
  answerProblem(exchange, {
    code: "request/unknown_host",
    detail: `This gateway does not answer to the Host ${JSON.stringify(exchange.host ?? "")}. Name it in SLUICE_ALLOWED_HOSTS if it should.`,
    requestId: options.ids.next(Date.now()),
  });
}
