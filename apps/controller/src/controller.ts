/** Puts the parts of a controller together; `main.ts` runs it as a process, tests run it on port 0. */
import type { AddressInfo } from "node:net";
import { getLease, listControllerPlaces, openDatabase } from "@sluice/db";
import { createRegistry, type Logger } from "@sluice/observability";
import type { ControllerConfig } from "./config.ts";
import { createInternalApi } from "./http/internal-api.ts";
import { DoorNews } from "./http/door-news.ts";
import { LinkServer } from "./http/link-server.ts";
import { hostInUrl, openNodeDoor } from "./http/node-door.ts";
import type { ExplainStandby } from "./http/node-routes.ts";
import { serveLinks } from "./http/serve-links.ts";
import { ControllerPlaces } from "./leader/controller-places.ts";
import { beginLeadership, type Leadership } from "./leader/leadership.ts";
import { wallClock } from "./leader/leader-context.ts";
import { startCandidate } from "./leader/candidate.ts";
import { explainLeader } from "./leader/explain-leader.ts";
import { StandbyWatch } from "./leader/standby-watch.ts";
import { createLeaderParts } from "./state/leader-parts.ts";
import { postgresStore } from "./state/postgres-store.ts";
import { identifyCallers } from "./nodes/callers.ts";
import { registerControllerMetrics, resetClusterMetrics } from "./metrics/controller-metrics.ts";

export interface RunningController {
  readonly port: number;
  /** Of the door for nodes on other machines; null without one. */
  readonly nodePort: number | null;
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

  const standby = new StandbyWatch({
    isLeading: () => leadership !== null,
    readLease: () => getLease(database),
    readPlaces: () => listControllerPlaces(database),
  });
  const explainStandby: ExplainStandby = async (door) => {
    const news = await standby.ask();
    if (news.kind === "leads_here") return null;
    if (news.kind === "nobody") return { reason: "No controller leads yet; try again.", leader: null };
    return explainLeader(news.leader, door);
  };
  const identify = identifyCallers(database, secret);
  const doors = { database, identify, logger, leadership: () => leadership, explainStandby };
  let joinUrls: readonly string[] = [];
  const api = createInternalApi({
    ...doors,
    allowedHosts: config.allowedHosts,
    metrics: registry,
    joinUrls: () => joinUrls,
  });
  const links = new LinkServer({
    identify,
    silenceLimitMs: config.heartbeatTimeoutMs,
    onRefused: (reason, remote) => logger.warn({ reason, remote }, "a link was refused"),
  });
  links.listenOn(api.server, "internal");
  const doorNews: DoorNews = new DoorNews(() => places.doors);
  serveLinks(links, { leadership: () => leadership, explainStandby, doorNews });

  await api.listen({ host: config.host, port: config.port });
  const { port } = api.server.address() as AddressInfo;
  const address = `http://${hostInUrl(config.host)}:${String(port)}`;
  const door =
    config.nodeDoor === null
      ? null
      : await openNodeDoor(config.nodeDoor, doors, (server) => links.listenOn(server, "nodes"));
  const nodeUrl = door === null ? null : (config.nodeDoor?.url ?? door.url);
  joinUrls = nodeUrl === null ? [address] : [nodeUrl, address];
  const places = new ControllerPlaces({
    database,
    own: { holder, address, nodeUrl },
    logger,
    onDoors: () => {
      if (leadership !== null) doorNews.tellAll(leadership.epoch);
    },
  });
  places.start();
  const candidate = startCandidate({
    database,
    holder,
    address,
    ttlMs: config.leaseTtlMs,
    logger,
    lead: (epoch) => {
      const begun = beginLeadership(
        { ...createLeaderParts({ epoch, logger, ...config }, wallClock, postgresStore(database, epoch)), database },
        metrics,
        { ...config, secret },
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
    nodePort: door?.port ?? null,
    stop: async () => {
      await candidate.stop();
      standby.close();
      await places.stop();
      await links.close();
      await door?.close();
      await api.close();
      await database.close();
    },
  };
}
