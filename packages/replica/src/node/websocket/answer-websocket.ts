import type { IncomingMessage } from "node:http";
import type { ServerWebSocket } from "@sluice/sdk";
import type { HttpRequestHead } from "@sluice/wire";
import type { WebSocket, WebSocketServer } from "ws";
import type { Answer, IncomingRequest } from "../../runtime.ts";
import { ClientSocket } from "./client-socket.ts";
import { TunnelStream } from "./tunnel-stream.ts";

/** What user code does with a client's WebSocket until the conversation is over. */
export type Converse = (socket: ServerWebSocket) => unknown;

/** Largest message that a client may send. */
const maxMessageBytes = 64 * 1024 * 1024;
const empty = Buffer.alloc(0);

let opened: Promise<WebSocketServer> | undefined;

/** Loaded for the first WebSocket: most replicas never see one, and it takes memory and time at their start. */
async function handshakes(): Promise<WebSocketServer> {
  opened ??= import("ws").then(
    (ws) => new ws.WebSocketServer({ noServer: true, clientTracking: false, maxPayload: maxMessageBytes }),
  );
  return opened;
}

export function isWebSocketRequest({ headers, method }: HttpRequestHead): boolean {
  if (method !== "GET") return false;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at] === "upgrade") return headers[at + 1]?.toLowerCase() === "websocket";
  }
  return false;
}

/** Agrees on the protocol, then hands the socket to user code; over when that is. A broken handshake is answered with 400. */
export function answerWebSocket(request: IncomingRequest, head: HttpRequestHead, converse: Converse): Answer {
  return { kind: "relayed", relay: () => relay(request, head, converse) };
}

async function relay(request: IncomingRequest, head: HttpRequestHead, converse: Converse): Promise<number> {
  const stream = new TunnelStream(request);
  const closed = new Promise<void>((resolve) => stream.once("close", () => resolve()));
  stream.on("error", () => stream.destroy());
  const server = await handshakes();
  server.handleUpgrade(handshakeOf(head), stream, empty, (socket) => void hold(socket, converse));
  await closed;
  return request.gone === undefined || stream.status === 101 ? stream.status : 499;
}

async function hold(socket: WebSocket, converse: Converse): Promise<void> {
  try {
    await converse(new ClientSocket(socket));
    socket.close(1000);
  } catch (error) {
    // The client learns that it broke, the log what broke.
    socket.close(1011, "The deployment failed.");
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}

/** What `ws` reads of a request. */
function handshakeOf({ headers, method, target }: HttpRequestHead): IncomingMessage {
  const named: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) named[headers[at] ?? ""] = headers[at + 1] ?? "";
  return { method, url: target, headers: named, httpVersion: "1.1" } as unknown as IncomingMessage;
}
