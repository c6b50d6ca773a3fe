import { createLogger, readClusterSecret, runProcess } from "@sluice/observability";
import { readConfig } from "./config.ts";
import { startGateway } from "./gateway.ts";

await runProcess(async (scope) => {
  const config = readConfig();
  const logger = createLogger({ name: "gateway", level: config.logLevel, format: config.logFormat });
  scope.useLogger(logger);
  const gateway = await startGateway(config, await readClusterSecret(config.clusterSecretFile), logger);
  scope.onStop("gateway", () => gateway.stop());
  logger.info({ host: config.host, port: gateway.port }, "gateway takes requests");
});
