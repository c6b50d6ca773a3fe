/**
 * The door for nodes on other machines: TLS, and behind it only what a node needs (joining, its link, bundles). Everything else
 * of the controller stays on its loopback address.
 */
import { readFile } from "node:fs/promises";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import Fastify from "fastify";
import { ConfigError } from "@sluice/observability";
import { addNodeRoutes, isForAll, isForNodes, type NodeRoutesOptions } from "./node-routes.ts";
import { guardRequests, type GuardOptions } from "./request-guard.ts";

export interface NodeDoorConfig {
  readonly host: string;
  readonly port: number;
  readonly certFile: string;
  readonly keyFile: string;
  /** Where nodes reach it, as people write it. */
  readonly url: string | null;
}

export interface NodeDoor {
  /** Links come as upgrades on it. */
  readonly server: Server;
  readonly port: number;
  /** By the host it is bound to; people may know it by a better name. */
  readonly url: string;
  close(): Promise<void>;
}

export async function openNodeDoor(
  config: NodeDoorConfig,
  options: NodeRoutesOptions & Omit<GuardOptions, "allowedHosts">,
  onServer: (server: Server) => void,
): Promise<NodeDoor> {
  const [cert, key] = await Promise.all([
    readPem(config.certFile, "SLUICE_CONTROLLER_TLS_CERT"),
    readPem(config.keyFile, "SLUICE_CONTROLLER_TLS_KEY"),
  ]);
  const app = Fastify({
    logger: false,
    bodyLimit: 1024 * 1024,
    forceCloseConnections: true,
    https: { cert, key, minVersion: "TLSv1.2" },
  });
  guardRequests(app, { ...options, allowedHosts: null }, isForNodes, isForAll);
  addNodeRoutes(app, options, "nodes");
  onServer(app.server);
  await app.listen({ host: config.host, port: config.port });
  const { port } = app.server.address() as AddressInfo;
  // A wildcard address is no name anybody may call us by.
  const host = ["0.0.0.0", "::"].includes(config.host) ? hostname() : config.host;
  const close = async (): Promise<void> => void (await app.close());
  return { server: app.server, port, url: `https://${hostInUrl(host)}:${String(port)}`, close };
}

export function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

async function readPem(path: string, variable: string): Promise<Buffer> {
  return await readFile(path).catch((cause: unknown) => {
    throw new ConfigError(`The file ${path} cannot be read (${variable}).`, { cause });
  });
}
