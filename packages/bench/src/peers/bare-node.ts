import { join } from "node:path";
import { startProcess } from "./child-process.ts";
import type { Endpoints, Peer } from "./peer.ts";

const serverFile = join(import.meta.dirname, "../../peers/node/server.mjs");

export const bareNode: Peer = {
  name: "bare Node",
  runsAlone: false,
  missing: async () => undefined,
  start: async () => {
    const server = await startNodeServer();
    return {
      name: bareNode.name,
      endpoints: endpointsAt(server.port),
      rootPids: [server.pid],
      [Symbol.asyncDispose]: () => server.stop(),
    };
  },
};

interface NodeServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The server that is measured by itself and behind nginx and HAProxy. */
export async function startNodeServer(): Promise<NodeServer> {
  const server = startProcess(process.execPath, [serverFile]);
  const port = Number(await server.nextLine());
  return { port, pid: server.pid, stop: async () => server[Symbol.asyncDispose]() };
}

export function endpointsAt(port: number): Endpoints {
  const root = `http://127.0.0.1:${String(port)}`;
  return { noop: `${root}/noop`, upload: `${root}/upload`, download: `${root}/download`, stream: `${root}/stream` };
}
