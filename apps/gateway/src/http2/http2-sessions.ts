import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import { fieldNameOf, FieldRole } from "../http1/field-name.ts";
import type { EdgeLimits } from "../edge/limits.ts";
import { Http2Exchange, type Http2Head } from "./http2-exchange.ts";

/** Requests that one client may have running at once. */
const maxConcurrentStreams = 256;

/** Speaks HTTP/2 on sockets that others accepted: with a certificate by ALPN, in clear text by prior knowledge (RFC 9113 3.3). */
export class Http2Sessions {
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(limits: EdgeLimits, onExchange: (exchange: Http2Exchange) => void) {
    this.#server = createServer({
      settings: { maxConcurrentStreams, maxHeaderListSize: limits.maxHeadBytes },
    });
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.setTimeout(limits.keepAliveTimeoutMs, () => session.close());
      // A broken session ends its streams, and each of them tells who waits for it.
      session.on("error", () => undefined);
      session.on("close", () => this.#sessions.delete(session));
    });
    // Node gives the raw headers as a fourth argument, which its types do not know.
    const onStream = (
      stream: ServerHttp2Stream,
      _headers: IncomingHttpHeaders,
      _flags: number,
      raw?: unknown,
    ): void => {
      const head = readHead(raw);
      if (head === undefined) stream.close();
      else onExchange(new Http2Exchange(stream, head));
    };
    this.#server.on("stream", onStream);
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** Takes a socket over; `read` is what was read of it already. */
  accept(socket: Socket, read: Buffer | undefined): void {
    if (read === undefined) {
      this.#server.emit("connection", socket);
      return;
    }
    // A flowing socket would hand what is put back to nobody.
    socket.pause();
    socket.unshift(read);
    setImmediate(() => this.#server.emit("connection", socket));
  }

  /** Tells clients to go elsewhere; what runs is finished. */
  drain(): void {
    for (const session of this.#sessions) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

/** Node's raw headers of a stream: name, value, name, value, ... */
function readHead(raw: unknown): Http2Head | undefined {
  if (!Array.isArray(raw)) return undefined;
  const headers: string[] = [];
  let method = "";
  let target = "";
  let authority: string | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = String(raw[index]);
    const value = String(raw[index + 1]);
    if (name === ":method") method = value;
    else if (name === ":path") target = value;
    else if (name === ":authority" || name === "host") authority ??= value;
    else if (!name.startsWith(":")) takeHeader(headers, name, value);
  }
  if (method === "" || !/^[/*][\x21-\x7e]*$/.test(target)) return undefined;
  if (authority !== undefined) headers.push("host", authority);
  return { method, target, host: authority, headers };
}

function takeHeader(headers: string[], name: string, value: string): void {
  const field = fieldNameOf(name);
  if (field === undefined || (field.role !== FieldRole.ordinary && field.role !== FieldRole.contentLength)) return;
  headers.push(field.name, value);
}
