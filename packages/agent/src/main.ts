import { createLogger, runProcess } from "@sluice/observability";
import { startAgent } from "./agent.ts";
import { readConfig } from "./config.ts";

await runProcess(async (scope) => {
  const config = readConfig();
  const logger = createLogger({ name: "agent", level: config.logLevel, format: config.logFormat });
  scope.useLogger(logger);
  await startAgent({ config, logger, scope });
});
