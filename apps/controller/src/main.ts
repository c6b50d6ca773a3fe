import { randomUUID } from "node:crypto";
import { createLogger, readClusterSecret, runProcess } from "@sluice/observability";
import { readConfig } from "./config.ts";
import { startController } from "./controller.ts";

await runProcess(async (scope) => {
  const config = readConfig();
  const logger = createLogger({ name: "controller", level: config.logLevel, format: config.logFormat });
  scope.useLogger(logger);
  const secret = await readClusterSecret(config.clusterSecretFile);
  const controller = await startController(config, secret, logger, randomUUID());
  scope.onStop("controller", () => controller.stop());
  logger.info({ host: config.host, port: controller.port }, "controller listens");
});
