import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AgentMessage, memberName } from "@sluice/contracts";
import type { Assignment, ControllerToAgent, ReplicaObservation } from "@sluice/contracts";
import { vi } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

export const secret = "a-cluster-secret-for-tests";

type Unfenced<Message> = Message extends unknown ? Omit<Message, "epoch"> : never;

/** The controller's side of the agent link, and its bundle route, on real sockets; it decides nothing. */
export async function startFakeController(port = 0) {
  const bundles = new Map<string, Buffer>();
  const messages: AgentMessage[] = [];
  const latest = new Map<string, ReplicaObservation>();
  const requests: { url: string; range: string | undefined }[] = [];
  /** Bytes after which the next answer breaks off. */
  const breakAfter: number[] = [];
  let peer: WebSocket | undefined;

  const server = createServer((request, response) => {
    const body = bundles.get((request.url ?? "").replace("/internal/bundles/", ""));
    requests.push({ url: request.url ?? "", range: request.headers.range });
    if (request.headers.authorization !== `Bearer ${secret}`) return void response.writeHead(401).end();
    if (body === undefined) return void response.writeHead(404).end();
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (start >= body.length) return void response.writeHead(416).end();
    response.writeHead(start > 0 ? 206 : 200, { "content-length": body.length - start });
    const limit = breakAfter.shift();
    if (limit === undefined) return void response.end(body.subarray(start));
    response.write(body.subarray(start, start + limit), () => setTimeout(() => response.destroy(), 50));
  });
  const sockets = new WebSocketServer({ server, path: "/internal/agent" });
  sockets.on("connection", (socket) => {
    peer = socket;
    socket.on("message", (data) => {
      const message = AgentMessage.parse(JSON.parse((data as Buffer).toString()));
      messages.push(message);
      if (message.type === "hello") latest.clear();
      if (message.type === "hello" || message.type === "observed")
        for (const one of message.replicas) latest.set(memberName(one), one);
    });
    socket.send(JSON.stringify({ type: "welcome", epoch: 1, heartbeatIntervalMs: 200 }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const state = { version: 0 };
  const send = (message: Unfenced<ControllerToAgent>, epoch = 1): void =>
    peer?.send(JSON.stringify({ ...message, epoch }));

  return {
    bundles,
    messages,
    latest,
    requests,
    breakAfter,
    port: (server.address() as AddressInfo).port,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    addBundle: (content: Buffer): string => {
      const sha256 = createHash("sha256").update(content).digest("hex");
      bundles.set(sha256, content);
      return sha256;
    },
    send,
    assign: (assignments: Assignment[]): void => {
      state.version += 1;
      send({ type: "assignments", version: state.version, assignments });
    },
    connected: () =>
      vi.waitFor(
        () => {
          if (!messages.some(({ type }) => type === "hello")) throw new Error("no hello yet");
        },
        { timeout: 15_000 },
      ),
    /** Waits until a member of a replica (by its name) was seen in a stage and answers what was said about it. */
    reached: (replicaId: string, stage: ReplicaObservation["stage"], timeout = 15_000) =>
      vi.waitFor(
        () => {
          const found = latest.get(replicaId);
          if (found?.stage !== stage)
            throw new Error(`${replicaId} is ${found?.stage ?? "unknown"} (${found?.message ?? ""}), not ${stage}`);
          return found;
        },
        { timeout, interval: 20 },
      ),
    close: async (): Promise<void> => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type FakeController = Awaited<ReturnType<typeof startFakeController>>;
