import { createServer } from "node:http";
import { unlink } from "node:fs/promises";
import path from "node:path";
import { memberName, replicaMetricsSocket } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import { metricsText } from "@sluice/observability";
import type { MetricsRegistry } from "@sluice/observability";

/** Where the metrics of a replica are read: beside its wire socket, in the same private folder. */
export function metricsSocketPath(launch: Pick<HostLaunch, "runDir" | "replicaId" | "rank">): string {
  return path.join(launch.runDir, replicaMetricsSocket(memberName(launch)));
}

/** Answers every GET with the exposition of this process. The socket's folder is for the agent's user only. */
export async function serveMetrics(socketPath: string, metrics: MetricsRegistry): Promise<() => Promise<void>> {
  const server = createServer((_, response) => {
    metricsText(metrics).then(
      ({ contentType, body }) => response.writeHead(200, { "content-type": contentType }).end(body),
      (error: unknown) => response.writeHead(500, { "content-type": "text/plain" }).end(String(error)),
    );
  });
  // Of an earlier life; it is no error when there is none.
  await unlink(socketPath).catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  // It must not keep the process alive.
  server.unref();
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
