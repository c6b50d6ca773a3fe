/** Puts the parts of a controller together; `main.ts` runs it as a process, tests run it on port 0. */
import type { AddressInfo } from "node:net";
import type { z } from "zod";
import {
  AgentMessage,
  controllerPaths,
  GatewayMessage,
  linkProtocol,
  type ControllerToAgent,
  type ControllerToGateway,
} from "@sluice/contracts";
import { getLease, openDatabase } from "@sluice/db";
import { createRegistry, type Logger } from "@sluice/observability";
import type { ControllerConfig } from "./config.ts";
import { createInternalApi } from "./http/internal-api.ts";
import { LinkServer, type Link, type LinkHandler } from "./http/link-server.ts";
import { beginLeadership, type Leadership } from "./leader/leadership.ts";
import { wallClock } from "./leader/leader-context.ts";
import { startCandidate } from "./leader/candidate.ts";
import { createLeaderParts } from "./state/leader-parts.ts";
import { postgresStore } from "./state/postgres-store.ts";
import { registerControllerMetrics, resetClusterMetrics } from "./metrics/controller-metrics.ts";

export interface RunningController {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startController(
  config: ControllerConfig,
  secret: string,
  logger: Logger,
  holder: string,
): Promise<RunningController> {
  const database = openDatabase({ url: config.databaseUrl });
  const registry = createRegistry();
  const metrics = registerControllerMetrics(registry);
  metrics.isLeader.set(0);
  let leadership: Leadership | null = null;

  const api = createInternalApi({
    database,
    secret,
    allowedHosts: config.allowedHosts,
    metrics: registry,
    logger,
    leadership: () => leadership,
  });
  const links = new LinkServer({
    server: api.server,
    secret,
    silenceLimitMs: config.heartbeatTimeoutMs,
    onRefused: (reason, remote) => logger.warn({ reason, remote }, "a link was refused"),
  });
  const refuseStandby = async (send: (reason: string) => void): Promise<void> => {
    const lease = await getLease(database).catch(() => null);
    send(
      lease?.isHeld === true
        ? `This controller stands by; the leader is at ${lease.address}.`
        : "No controller leads yet; try again.",
    );
  };

  /** A link of either kind: refused while standing by, handed to the leadership's sessions otherwise. */
  function serveLink<In extends { type: string }, Out extends { type: string }>(
    path: string,
    schema: z.ZodType<In>,
    sessionsOf: (
      leader: Leadership,
    ) => Pick<LinkHandler<In, Out>, "onClose"> & { receive(link: Link<Out>, message: In): void },
    refused: (reason: string) => Out,
  ): void {
    links.route<In, Out>(path, {
      schema,
      onMessage: (link, message) => {
        if (leadership === null) {
          void refuseStandby((reason) => {
            link.send(refused(reason));
            link.close(reason);
          });
        } else if ("protocol" in message && message.protocol !== linkProtocol) {
          link.close(`this controller speaks link protocol ${String(linkProtocol)}, not ${String(message.protocol)}`);
        } else sessionsOf(leadership).receive(link, message);
      },
      onClose: (link) => {
        if (leadership !== null) sessionsOf(leadership).onClose(link);
      },
    });
  }
  serveLink<AgentMessage, ControllerToAgent>(
    controllerPaths.agent,
    AgentMessage,
    (leader) => leader.agents,
    (reason) => ({ type: "refused", epoch: 0, reason }),
  );
  serveLink<GatewayMessage, ControllerToGateway>(
    controllerPaths.gateway,
    GatewayMessage,
    (leader) => leader.gateways,
    (reason) => ({ type: "refused", epoch: 0, reason }),
  );

  await api.listen({ host: config.host, port: config.port });
  const { port } = api.server.address() as AddressInfo;
  const candidate = startCandidate({
    database,
    holder,
    address: `http://${config.host.includes(":") ? `[${config.host}]` : config.host}:${String(port)}`,
    ttlMs: config.leaseTtlMs,
    logger,
    lead: (epoch) => {
      const begun = beginLeadership(
        { ...createLeaderParts({ epoch, logger, ...config }, wallClock, postgresStore(database, epoch)), database },
        metrics,
        config.databaseUrl,
      );
      leadership = begun;
      return async () => {
        leadership = null;
        links.closeAll("this controller no longer leads");
        await begun.end();
        resetClusterMetrics(metrics);
      };
    },
  });

  return {
    port,
    stop: async () => {
      await candidate.stop();
      await links.close();
      await api.close();
      await database.close();
    },
  };
}
