/** nginx and HAProxy in front of the bare Node server; their configurations lie in `peers/*.conf`. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../config.ts";
import { endpointsAt, startNodeServer } from "./bare-node.ts";
import { findCommand, startProcess, waitForHttp } from "./child-process.ts";
import { findFreePort } from "./free-port.ts";
import type { Peer, RunningPeer } from "./peer.ts";

const configurations = join(import.meta.dirname, "../../peers");

interface ProxyKind {
  readonly name: string;
  readonly command: string;
  readonly configuration: string;
  argumentsFor(folder: string, configuration: string): readonly string[];
}

export const nginx = proxyPeer({
  name: "nginx -> Node",
  command: "nginx",
  configuration: "nginx.conf",
  argumentsFor: (folder, configuration) => ["-p", folder, "-e", "stderr", "-c", configuration],
});

export const haproxy = proxyPeer({
  name: "HAProxy -> Node",
  command: "haproxy",
  configuration: "haproxy.conf",
  argumentsFor: (_folder, configuration) => ["-db", "-q", "-f", configuration],
});

function proxyPeer(kind: ProxyKind): Peer {
  const find = () => findCommand(kind.command, readConfig().environment["PATH"]);
  return {
    name: kind.name,
    runsAlone: false,
    missing: async () => (find() === undefined ? `${kind.command} is not installed` : undefined),
    start: async () => startProxy(kind, find() ?? kind.command),
  };
}

async function startProxy(kind: ProxyKind, command: string): Promise<RunningPeer> {
  const folder = await mkdtemp(join(tmpdir(), `sluice-bench-${kind.command}-`));
  const node = await startNodeServer();
  const port = await findFreePort();
  const file = join(folder, kind.configuration);
  const template = await readFile(join(configurations, kind.configuration), "utf8");
  await writeFile(
    file,
    template
      .replaceAll("${DIR}", folder)
      .replaceAll("${PORT}", String(port))
      .replaceAll("${UPSTREAM}", String(node.port)),
  );
  const proxy = startProcess(command, kind.argumentsFor(folder, file));
  const stop = async (): Promise<void> => {
    await proxy[Symbol.asyncDispose]();
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitForHttp(`http://127.0.0.1:${String(port)}/noop`, proxy);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    name: kind.name,
    endpoints: endpointsAt(port),
    rootPids: [proxy.pid, node.pid],
    [Symbol.asyncDispose]: stop,
  };
}
