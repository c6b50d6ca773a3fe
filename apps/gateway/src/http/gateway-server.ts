/** HTTP edge of the gateway: own endpoints below `/-/`, everything else to an application. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { forwardRequest, type ForwardOptions } from "../request/forward-request.ts";
import { answerProblem } from "./answer-problem.ts";
import { createHostCheck } from "./host-check.ts";
import { answerOwn, type OwnEndpointOptions } from "./own-endpoints.ts";

export interface GatewayServerOptions extends ForwardOptions, OwnEndpointOptions {
  readonly allowedHosts: readonly string[];
}

/** Ray's default; a client that sends nothing for this long is let go. */
const keepAliveTimeoutMs = 90_000;
/** A client must deliver its head, and its whole request, within these. */
const headTimeoutMs = 30_000;
const wholeRequestTimeoutMs = 300_000;

export function createGatewayServer(options: GatewayServerOptions): Server {
  const mayAnswer = createHostCheck(options.allowedHosts);
  return createServer(
    {
      keepAliveTimeout: keepAliveTimeoutMs,
      headersTimeout: headTimeoutMs,
      requestTimeout: wholeRequestTimeoutMs,
      noDelay: true,
    },
    (request, response) => {
      if (mayAnswer(request.headers.host)) answer(options, request, response);
      else refuseHost(options, request.headers.host, response);
    },
  );
}

function answer(options: GatewayServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "/";
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path.startsWith("/-/")) answerOwn(options, path, response);
  else forwardRequest(options, request, response, path);
}

function refuseHost(options: GatewayServerOptions, host: string | undefined, response: ServerResponse): void {
  answerProblem(response, {
    code: "request/unknown_host",
    detail: `This gateway does not answer to the Host ${JSON.stringify(host ?? "")}. Name it in SLUICE_ALLOWED_HOSTS if it should.`,
    requestId: options.nextRequestId(Date.now()),
  });
}
