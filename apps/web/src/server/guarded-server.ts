/**
 * The one listener of the dashboard. Before anything else sees a request its Host and Origin are judged; `/metrics` is
 * answered here; the rest goes to Next.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { judgeRequest, problemResponse } from "@sluice/api";
import type { Authenticator } from "@sluice/api";
import { ConfigError, metricsText } from "@sluice/observability";
import type { Logger, MetricsRegistry } from "@sluice/observability";

export interface GuardedServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly metrics: MetricsRegistry;
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface GuardedServer {
  readonly port: number;
  /** Takes no new request and gives those that run a moment; streams to dashboards are cut. */
  close(): Promise<void>;
}

const closeGraceMs = 2_000;

export async function startGuardedServer(options: GuardedServerOptions): Promise<GuardedServer> {
  const requests = options.metrics.counter({
    name: "sluice_web_requests_total",
    help: "Requests to the dashboard and the REST API by status",
    labels: ["method", "status"],
  });
  const refused = options.metrics.counter({
    name: "sluice_web_refused_requests_total",
    help: "Requests refused because of their Host, Origin or content type",
    labels: ["code"],
  });
  const server = createServer((request, response) => {
    response.on("close", () => requests.inc({ method: request.method ?? "", status: String(response.statusCode) }));
    setSecurityHeaders(response);
    const refusal = judge(request, options.allowedHosts);
    if (refusal !== null) {
      refused.inc({ code: refusal.code });
      void send(response, problemResponse(refusal, randomUUID(), { connection: "close" }));
      return;
    }
    serve(options, request, response).catch((err: unknown) => {
      options.logger.error({ err }, "a request failed before it was answered");
      if (!response.headersSent) void send(response, problemResponse(err, randomUUID()));
      else response.destroy();
    });
  });
  // Node closes an idle connection after 5 s, which a client that writes at that moment takes for a failure. Longer than load
  // balancers and clients keep theirs (60 s), the race is theirs to end.
  server.keepAliveTimeout = 65_000;
  // Uploads may take longer than Node's default of five minutes; a silent client is cut by the headers timeout.
  server.requestTimeout = 30 * 60_000;
  await listen(server, options.host, options.port);
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

function judge(request: IncomingMessage, allowedHosts: readonly string[]): ReturnType<typeof judgeRequest> {
  const { headers } = request;
  const fetchSite = headers["sec-fetch-site"];
  return judgeRequest(
    {
      method: request.method ?? "GET",
      host: headers.host,
      origin: headers.origin,
      fetchSite: typeof fetchSite === "string" ? fetchSite : undefined,
      contentType: headers["content-type"],
      authorization: headers.authorization,
    },
    allowedHosts,
  );
}

async function serve(options: GuardedServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if ((request.url ?? "").split("?", 1)[0] !== "/metrics") return await options.handle(request, response);
  if (request.method !== "GET") {
    response.writeHead(405, { allow: "GET", "content-type": "text/plain" }).end("GET only.\n");
    return;
  }
  const { authorization, cookie } = request.headers;
  const headers = new Headers({ ...(authorization && { authorization }), ...(cookie && { cookie }) });
  try {
    await options.authenticator.authenticate(headers);
  } catch (error) {
    return await send(response, problemResponse(error, randomUUID()));
  }
  const { contentType, body } = await metricsText(options.metrics);
  response.writeHead(200, { "content-type": contentType, "cache-control": "no-store" }).end(body);
}

/** The pages load nothing from elsewhere, are shown in no foreign frame, and tell no other site where they were. */
function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("x-frame-options", "DENY");
  response.setHeader("referrer-policy", "same-origin");
  response.setHeader("cross-origin-resource-policy", "same-origin");
  response.setHeader("cross-origin-opener-policy", "same-origin");
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(
        isTaken ? new ConfigError(`Port ${port} on ${host} is in use. Set SLUICE_WEB_PORT to another one.`) : error,
      );
    });
    server.listen(port, host, () => resolve());
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  await closed.finally(() => clearTimeout(cut));
}
