import { chmod, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { HostMessage } from "@sluice/contracts";
import type { AgentToHost } from "@sluice/contracts";
import { ConfigError } from "@sluice/observability";
import type { Logger } from "@sluice/observability";

export type HostHello = Extract<HostMessage, { type: "hello" }>;

/** The link to one host: newline-delimited JSON. */
export interface HostConnection {
  send(message: AgentToHost): void;
  close(): void;
  /** Of a host that is gone: hears what it had still sent, then closes. */
  hearOut(): Promise<void>;
}

export interface HostServerHandlers {
  /** First message of a connection; answers what hears the rest, or null to refuse it. */
  onHello(hello: HostHello, connection: HostConnection): HostListener | null;
}

export interface HostListener {
  onMessage(message: Exclude<HostMessage, HostHello>): void;
  onClose(): void;
}

/** What a process sent before its end is there already; somebody else may hold its socket open. */
const hearOutMs = 250;
const maxLineLength = 16 * 1024 * 1024;
const maxBufferedBytes = 16 * 1024 * 1024;

/** Two agents on one directory would start everything twice. */
export async function refuseSecondAgent(runDir: string): Promise<void> {
  const path = join(runDir, "agent.sock");
  if (!(await isAnswering(path))) return;
  throw new ConfigError(
    `Another agent already runs on this directory (${path} answers). A second one on this machine needs one of its own: --dir <directory> (SLUICE_AGENT_DIR).`,
  );
}

/** Listens on `<runDir>/agent.sock`. */
export async function startHostServer(
  runDir: string,
  handlers: HostServerHandlers,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  const path = join(runDir, "agent.sock");
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, handlers, logger);
  });
  await listen(server, path);
  await chmod(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function serve(socket: Socket, handlers: HostServerHandlers, logger: Logger): void {
  let listener: HostListener | null = null;
  const connection: HostConnection = {
    send: (message) => {
      if (socket.destroyed) return;
      // A host that does not read is cut off; it redials and is told the current state.
      if (socket.writableLength > maxBufferedBytes) socket.destroy();
      else socket.write(`${JSON.stringify(message)}\n`);
    },
    close: () => void socket.destroySoon(),
    hearOut: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        const timer = setTimeout(() => socket.destroy(), hearOutMs);
        socket.once("close", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const message = parseLine(line);
      if (message === null || (message.type === "hello") !== (listener === null)) {
        logger.error({ line: line.slice(0, 200) }, "message of a host does not fit the contract, link cut");
        socket.destroy();
        return;
      }
      if (message.type !== "hello") listener?.onMessage(message);
      else if ((listener = handlers.onHello(message, connection)) === null) return connection.close();
    }
    if (rest.length > maxLineLength) socket.destroy();
  });
  socket.on("error", (err) => logger.debug({ err }, "link to a host broke"));
  socket.on("close", () => listener?.onClose());
}

function parseLine(line: string): HostMessage | null {
  try {
    return HostMessage.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function isAnswering(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
