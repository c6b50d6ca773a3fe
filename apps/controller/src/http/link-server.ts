/**
 * Server side of the control links: WebSocket upgrades on fixed paths, by the cluster secret or a node's credential, JSON text
 * frames checked against a schema. A frame that does not parse closes the link with its reason; the peer redials.
 */
import type { IncomingMessage } from "node:http";
import type { Server } from "node:net";
import type { Duplex } from "node:stream";
import { refusedLinkCode } from "@sluice/contracts";
import { WebSocketServer, type WebSocket } from "ws";
import type { z } from "zod";
import type { Caller, IdentifyCaller } from "../nodes/callers.ts";
import { parseFrame } from "./parse-frame.ts";

/** Where a peer came in: on this machine, or from another one. */
export type Door = "internal" | "nodes";

/** One connected peer. */
export interface Link<Out> {
  readonly remote: string;
  readonly door: Door;
  /** How the peer proved who it is. */
  readonly caller: Caller;
  send(message: Out): void;
  /** Nothing that the peer sends afterwards is handled. */
  close(reason: string, code?: number): void;
}

export interface LinkHandler<In, Out> {
  readonly schema: z.ZodType<In>;
  /** Called for each message in order; `link` identifies the peer, `bytes` is what the message took on the wire. */
  onMessage: (link: Link<Out>, message: In, bytes: number) => void;
  /** `isGoodbye`: the peer said that it ends; otherwise it may live on without its link. */
  onClose(link: Link<Out>, isGoodbye: boolean): void;
}

export interface LinkServerOptions {
  readonly identify: IdentifyCaller;
  /** Longest silence of a peer, in ms, before its link is cut. Pings go out at a third of it. */
  readonly silenceLimitMs: number;
  readonly onRefused: (reason: string, remote: string) => void;
}

interface Route {
  /** A node's credential is enough. */
  readonly takesNodes: boolean;
  readonly accept: (socket: WebSocket, from: Pick<Link<never>, "remote" | "door" | "caller">) => void;
}

const maxFrameBytes = 32 * 1024 * 1024;
/** A peer that does not read is cut before its unread frames fill memory. */
const maxUnsentBytes = 64 * 1024 * 1024;
/** A peer that does not answer a close is cut. */
const closeWithinMs = 1_000;
/** What a close frame holds (RFC 6455 5.5). */
const maxReasonBytes = 123;
const policyViolation = 1008;
const serviceRestart = 1012;
const goingAway = 1001;

export class LinkServer {
  readonly #options: LinkServerOptions;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes });
  readonly #routes = new Map<string, Route>();
  readonly #pings: NodeJS.Timeout;
  readonly #lastHeard = new WeakMap<WebSocket, number>();

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#pings = setInterval(() => this.#cutSilentPeers(), options.silenceLimitMs / 3);
  }

  /** Takes links that come to this server. */
  listenOn(server: Server, door: Door): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(request, socket, head, door).catch((error: unknown) => {
        this.#options.onRefused(error instanceof Error ? error.message : String(error), remoteOf(request));
        socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n");
      });
    });
  }

  /** Serves links on `path`, for example `/internal/agent`; those of nodes only where `takesNodes`. */
  route<In, Out>(path: string, takesNodes: boolean, handler: LinkHandler<In, Out>): void {
    const accept: Route["accept"] = (socket, from) => {
      let isClosed = false;
      const link: Link<Out> = {
        ...from,
        send: (message) => {
          if (socket.bufferedAmount > maxUnsentBytes) socket.terminate();
          else if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
        },
        close: (reason, code = policyViolation) => {
          isClosed = true;
          closeSocket(socket, code, reason);
        },
      };
      const refuse = (reason: string): void => {
        this.#options.onRefused(reason, link.remote);
        link.close(reason);
      };
      socket.on("message", (data: Buffer) => {
        this.#lastHeard.set(socket, performance.now());
        if (isClosed) return;
        const message = parseFrame(handler.schema, data);
        if (!message.ok) return refuse(message.reason);
        try {
          handler.onMessage(link, message.value, data.length);
        } catch (error) {
          refuse(`a message could not be handled: ${error instanceof Error ? error.message : String(error)}`);
        }
      });
      socket.on("close", (code) => handler.onClose(link, code === goingAway));
    };
    this.#routes.set(path, { takesNodes, accept });
  }

  /** Closes every link; peers redial, here or elsewhere. */
  closeAll(reason: string): void {
    for (const socket of this.#sockets.clients) closeSocket(socket, serviceRestart, reason);
  }

  /** Ends the service; resolves when every socket is gone. */
  async close(): Promise<void> {
    clearInterval(this.#pings);
    const gone = [...this.#sockets.clients].map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );
    this.closeAll("controller stops");
    this.#sockets.close();
    await Promise.all(gone);
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): Promise<void> {
    const remote = remoteOf(request);
    // Node took its own listener away with the upgrade: a peer that resets now must not end the process.
    socket.on("error", () => socket.destroy());
    const route = this.#routes.get((request.url ?? "").split("?", 1)[0] ?? "");
    if (route === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
      return;
    }
    const caller = await this.#options.identify(request.headers.authorization);
    if (caller === null || (caller.kind === "node" && !route.takesNodes)) {
      const isKnown = caller !== null;
      this.#options.onRefused(isKnown ? "a node's credential" : "wrong or missing credential", remote);
      socket.end(`HTTP/1.1 ${isKnown ? "403 Forbidden" : "401 Unauthorized"}\r\nconnection: close\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#lastHeard.set(webSocket, performance.now());
      webSocket.on("pong", () => this.#lastHeard.set(webSocket, performance.now()));
      webSocket.on("error", (error) => this.#options.onRefused(error.message, remote));
      if (caller.kind === "cluster" || caller.refusal === null)
        return route.accept(webSocket, { remote, door, caller });
      // Said on the link, where the agent shows it; an HTTP status would not carry it.
      this.#options.onRefused(caller.refusal, remote);
      closeSocket(webSocket, refusedLinkCode, caller.refusal);
    });
  }

  #cutSilentPeers(): void {
    const now = performance.now();
    for (const socket of this.#sockets.clients) {
      if (now - (this.#lastHeard.get(socket) ?? now) > this.#options.silenceLimitMs) socket.terminate();
      else socket.ping();
    }
  }
}

function remoteOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? "unix";
}

function closeSocket(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, fitReason(reason));
  const timer = setTimeout(() => socket.terminate(), closeWithinMs);
  socket.once("close", () => clearTimeout(timer));
}

/** Cut by bytes, never inside a character: a longer reason would throw. */
function fitReason(reason: string): string {
  let fitting = reason.slice(0, maxReasonBytes);
  while (Buffer.byteLength(fitting) > maxReasonBytes) fitting = fitting.slice(0, -1);
  return fitting;
}
