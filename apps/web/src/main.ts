/** Wiring of the dashboard's process: settings, API, listener, Next. */
import { existsSync } from "node:fs";
import path from "node:path";
import next from "next";
import { createLogger, createRegistry, readClusterSecret, runProcess } from "@sluice/observability";
import packageJson from "../package.json" with { type: "json" };
import { readConfig } from "./config.ts";
import { buildRuntime } from "./server/build-runtime.ts";
import { startGuardedServer } from "./server/guarded-server.ts";
import { setWebRuntime } from "./server/web-runtime.ts";

await runProcess(async (scope) => {
  const config = readConfig();
  const logger = createLogger({ name: "web", level: config.logLevel, format: config.logFormat });
  scope.useLogger(logger);
  const clusterSecret = await readClusterSecret(config.clusterSecretFile);
  const runtime = buildRuntime({ config, clusterSecret, logger, version: packageJson.version });
  scope.onStop("database", () => runtime.close());
  setWebRuntime(runtime);
  const pages = next({ dev: false, dir: findWebDir(), hostname: config.host, port: config.port, customServer: true });
  await pages.prepare();
  scope.onStop("pages", () => pages.close());
  const handlePage = pages.getRequestHandler();
  const server = await startGuardedServer({
    host: config.host,
    port: config.port,
    allowedHosts: config.allowedHosts,
    metrics: createRegistry(),
    authenticator: runtime.authenticator,
    logger,
    handle: (request, response) => handlePage(request, response),
  });
  scope.onStop("listener", () => server.close());
  logger.info({ host: config.host, port: server.port, needsToken: config.adminToken !== null }, "dashboard is up");
});

/** The folder with `.next`: this file runs from `apps/web/src`, or bundled from `dist` at the root. */
function findWebDir(): string {
  const candidates = [path.resolve(import.meta.dirname, ".."), path.resolve(import.meta.dirname, "../apps/web")];
  return candidates.find((dir) => existsSync(path.join(dir, "next.config.mjs"))) ?? candidates[0] ?? ".";
}
