import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isAllowedHost } from "../process/allowed-hosts.ts";
import { mergeExpositions } from "./merge-expositions.ts";
import { metricsText } from "./registry.ts";
import type { MetricsRegistry } from "./registry.ts";

export interface MetricsServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly metrics: MetricsRegistry;
  /** Expositions of other processes that are read here, too. */
  readonly others?: () => Promise<readonly string[]>;
  readonly allowedHosts: readonly string[];
  /** Body of `/healthz`; `ok: false` answers 503. */
  readonly health: () => { readonly ok: boolean; readonly [detail: string]: unknown };
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `GET /metrics` and `GET /healthz` for processes that have no other HTTP listener. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const answer = (status: number, contentType: string, body: string): void => {
      response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" }).end(body);
    };
    if (!isAllowedHost(request.headers.host, options.allowedHosts)) return answer(421, "text/plain", "Unknown Host.\n");
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "text/plain", "GET only.\n");
    const path = (request.url ?? "/").split("?", 1)[0];
    if (path === "/healthz") {
      const health = options.health();
      return answer(health.ok ? 200 : 503, "application/json", `${JSON.stringify(health)}\n`);
    }
    if (path !== "/metrics") return answer(404, "text/plain", "Only /metrics and /healthz are here.\n");
    readAll(options).then(
      ({ contentType, body }) => answer(200, contentType, body),
      (error: unknown) => answer(500, "text/plain", `${String(error)}\n`),
    );
  });
  await listen(server, options.host, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function readAll({ metrics, others }: MetricsServerOptions): Promise<{ contentType: string; body: string }> {
  const [own, more] = await Promise.all([metricsText(metrics), others?.() ?? []]);
  return more.length === 0 ? own : { ...own, body: mergeExpositions([own.body, ...more]) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
