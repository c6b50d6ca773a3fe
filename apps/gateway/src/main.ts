import cluster from "node:cluster";
import { createLogger, readClusterSecret, runProcess } from "@sluice/observability";
import { readConfig } from "./config.ts";
import { startGateway } from "./gateway.ts";
import { runWorkers } from "./workers/run-workers.ts";

await runProcess(async (scope) => {
  const config = readConfig();
  const logger = createLogger({ name: "gateway", level: config.logLevel, format: config.logFormat });
  scope.useLogger(logger);
  if (config.workers > 1 && cluster.isPrimary) {
    const workers = await runWorkers(config.workers, logger);
    scope.onStop("workers", () => workers.stop());
    logger.info({ host: config.host, port: config.port, workers: config.workers }, "gateway takes requests");
    return;
  }
  const gateway = await startGateway(config, await readClusterSecret(config.clusterSecretFile), logger);
  scope.onStop("gateway", () => gateway.stop());
  logger.info({ host: config.host, port: gateway.port }, "gateway takes requests");
});
