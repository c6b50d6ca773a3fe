import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  bindUseCases,
  createAuthenticator,
  createRestHandler,
  createSessionHandler,
  createTrpcHandler,
  openChangeFeed,
} from "@sluice/api";
import type { Authenticator } from "@sluice/api";
import { defaultProjectId, openDatabase } from "@sluice/db";
import type { Logger } from "@sluice/observability";
import type { WebConfig } from "../config.ts";
import { createControllerClient } from "./controller-client.ts";
import { createGatewayClient } from "./gateway-client.ts";
import { systemClock } from "./system-clock.ts";
import type { WebRuntime } from "./web-runtime.ts";

export interface BuiltRuntime extends WebRuntime {
  readonly authenticator: Authenticator;
  /** Ends open dashboards' change feeds, then the database connections. */
  close(): Promise<void>;
}

/** Connects everything the API needs: database, change feed, controller, gateway. */
export function buildRuntime(options: {
  readonly config: Pick<WebConfig, "databaseUrl" | "gatewayUrl" | "adminToken" | "uploadDir">;
  readonly clusterSecret: string;
  readonly logger: Logger;
  readonly version: string;
}): BuiltRuntime {
  const { config, logger, version } = options;
  const db = openDatabase({ url: config.databaseUrl });
  const changes = openChangeFeed({
    databaseUrl: config.databaseUrl,
    onLost: (err) => logger.warn({ err }, "the change feed lost its database connection; it is tried again"),
  });
  const api = bindUseCases({
    db,
    projectId: defaultProjectId,
    controller: createControllerClient({ db, secret: options.clusterSecret }),
    gateway: createGatewayClient(config.gatewayUrl),
    clock: systemClock,
    changes,
    uploadDir: config.uploadDir ?? path.join(tmpdir(), `sluice-uploads-${process.pid}`),
    version,
  });
  const newId = randomUUID;
  const authenticator = createAuthenticator({ db, adminToken: config.adminToken, nowMs: systemClock.nowMs });
  const onFailure = (err: unknown, requestId: string): void => logger.error({ err, requestId }, "a request failed");
  return {
    authenticator,
    rest: createRestHandler({ api, db, projectId: defaultProjectId, authenticator, version, newId, onFailure }),
    trpc: createTrpcHandler({ api, authenticator, newId, onFailure }),
    session: createSessionHandler({
      authenticator,
      adminToken: config.adminToken,
      nowMs: systemClock.nowMs,
      newId,
      sleep: (ms) => systemClock.sleep(ms),
    }),
    async close() {
      await changes.close();
      await db.close();
    },
  };
}
