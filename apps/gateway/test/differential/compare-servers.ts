/** The same bytes to this edge and to Node's own server (llhttp): what did each of them understand? */
import { createServer, METHODS, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Exchange } from "../../src/exchange/exchange.ts";
import { Http1Connection, type ConnectionHost } from "../../src/http1/http1-connection.ts";
import { generateTraffic } from "./generate-traffic.ts";

interface SeenRequest {
  readonly method: string;
  readonly target: string;
  /** `name: value` in order, without what speaks about the connection. */
  readonly fields: readonly string[];
  readonly body: string;
  readonly isComplete: boolean;
}

interface Seen {
  readonly requests: SeenRequest[];
  readonly answers: string;
}

export interface Comparison {
  /** Requests that both understood in the same way. */
  readonly agreed: number;
  /** Why this edge understood fewer requests than Node, "" when it did not. */
  readonly stricter: string;
  /** A request that Node does not take and this edge does, for a reason that is known; "" without one. */
  readonly broader: string;
  /** A difference that must not be: how one server's requests could be smuggled past the other. */
  readonly violation: string;
}

/** A connection without a network. */
class MemorySocket extends Duplex {
  readonly remoteAddress = "127.0.0.1";
  written = "";
  override _read(): void {
    return;
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.written += chunk.toString("latin1");
    done();
  }
  get bytesWritten(): number {
    return this.written.length;
  }
  resetAndDestroy(): this {
    return this.destroy();
  }
  setTimeout(): this {
    return this;
  }
}

const limits = {
  maxHeadBytes: 16_384,
  maxConnections: 1_000,
  headTimeoutMs: 60_000,
  stallTimeoutMs: 60_000,
  keepAliveTimeoutMs: 60_000,
};

/** Both servers, fed from memory. Every request is read to its end and answered. */
export class ServerPair {
  readonly #ours: ConnectionHost;
  readonly #node: Server;
  /** Where the requests of the connection that is being fed are recorded. */
  #current: Seen["requests"] = [];

  constructor() {
    this.#ours = {
      limits,
      isStopping: false,
      coarseNowMs: 0,
      onExchange: (exchange) => recordExchange(exchange, this.#current),
      faultAnswer: (_, reason) => ({ headers: ["x-reason", reason], body: Buffer.alloc(0) }),
      onHttp2: (socket) => socket.destroy(),
      onClosed: () => undefined,
    };
    this.#node = createServer(
      // Node counts the bytes of a head otherwise, and those of two heads together: only the limit of this edge shall matter.
      { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, maxHeaderSize: 8 * limits.maxHeadBytes },
      (request, response) => {
        recordIncoming(request, this.#current, () => response.end("ok"));
      },
    );
    this.#node.maxHeadersCount = 0;
  }

  async compare(seed: number): Promise<Comparison> {
    const pieces = generateTraffic(seed);
    const ours = await this.#feed(pieces, (socket) => void new Http1Connection(socket, this.#ours));
    const node = await this.#feed(pieces, (socket) => void this.#node.emit("connection", socket));
    return judge(ours, node);
  }

  close(): void {
    this.#node.close();
  }

  async #feed(pieces: readonly Buffer[], accept: (socket: Socket) => void): Promise<Seen> {
    const requests: SeenRequest[] = [];
    this.#current = requests;
    const socket = new MemorySocket();
    socket.on("error", () => undefined);
    accept(socket as unknown as Socket);
    for (const piece of pieces) {
      if (socket.destroyed || socket.readableEnded) break;
      socket.push(piece);
      await turn();
    }
    // Answers to pipelined requests come one after the other, some turns each.
    for (let quiet = 0; quiet < 3;) {
      const before = `${String(requests.length)} ${String(socket.written.length)}`;
      await turn();
      quiet = before === `${String(requests.length)} ${String(socket.written.length)}` ? quiet + 1 : 0;
    }
    const answers = socket.written;
    const seen = { requests: [...requests], answers };
    socket.destroy();
    await turn();
    return seen;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function recordExchange(exchange: Exchange, requests: SeenRequest[]): void {
  const fields: string[] = [];
  for (let index = 0; index < exchange.headers.length; index += 2)
    fields.push(`${exchange.headers[index] ?? ""}: ${exchange.headers[index + 1] ?? ""}`);
  const seen = { method: exchange.method, target: exchange.target, fields, body: "", isComplete: false };
  requests.push(seen);
  exchange.follow({
    onBodyData: (piece) => void (seen.body += piece.toString("latin1")),
    onBodyEnd: () => {
      seen.isComplete = true;
      exchange.answer(200, [], Buffer.from("ok"));
    },
    onClientGone: () => undefined,
    onBroken: () => undefined,
    onDrain: () => undefined,
  });
}

function recordIncoming(request: IncomingMessage, requests: SeenRequest[], answer: () => void): void {
  const fields: string[] = [];
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2)
    fields.push(`${(rawHeaders[index] ?? "").toLowerCase()}: ${rawHeaders[index + 1] ?? ""}`);
  const seen = {
    method: request.method ?? "",
    target: request.url ?? "",
    fields,
    body: "",
    // What the parser says: an error in the next request ends this one's stream, though it was read completely.
    get isComplete() {
      return request.complete;
    },
  };
  requests.push(seen);
  const push = request.push.bind(request);
  request.push = (piece: Buffer | null) => {
    if (piece !== null) seen.body += piece.toString("latin1");
    return push(piece);
  };
  request.resume();
  request.on("end", answer);
  request.on("error", () => undefined);
}

function judge(ours: Seen, node: Seen): Comparison {
  let agreed = 0;
  for (const [index, mine] of ours.requests.entries()) {
    const theirs = node.requests[index];
    if (theirs === undefined) {
      // llhttp has a list of methods; RFC 9110 has none.
      if (!METHODS.includes(mine.method))
        return { agreed, stricter: "", broader: "a method that llhttp does not know", violation: "" };
      if (offersUpgrade(node.requests[index - 1])) return droppedByNode(agreed);
      return { agreed, stricter: "", broader: "", violation: `only this edge saw ${describe(mine)}` };
    }
    const difference = differenceOf(mine, theirs);
    // Node goes on with the next read, so that it may miss a request in between: there it is no reference.
    if (difference !== "" && node.requests.slice(0, index).some(offersUpgrade)) return droppedByNode(agreed);
    if (difference !== "")
      return { agreed, stricter: "", broader: "", violation: `${difference}: ${describe(mine)} / ${describe(theirs)}` };
    if (mine.isComplete && theirs.isComplete) agreed += 1;
    else if (mine.isComplete)
      return { agreed, stricter: "", broader: "", violation: `a body that Node does not take: ${describe(mine)}` };
  }
  const fewer = node.requests.filter(({ isComplete }) => isComplete).length > agreed;
  return { agreed, stricter: fewer ? reasonOf(ours.answers) : "", broader: "", violation: "" };
}

function droppedByNode(agreed: number): Comparison {
  return { agreed, stricter: "", broader: "what follows an offer to upgrade, which Node then drops", violation: "" };
}

function differenceOf(mine: SeenRequest, theirs: SeenRequest): string {
  if (mine.method !== theirs.method) return "another method";
  if (mine.isComplete && theirs.isComplete && mine.body !== theirs.body) return "another body";
  const expected = asPassedOn(theirs);
  if (mine.target !== expected.target) return "another target";
  return mine.fields.toSorted().join("\n") === expected.fields.toSorted().join("\n") ? "" : "other fields";
}

function offersUpgrade(request: SeenRequest | undefined): boolean {
  return request?.fields.some((field) => field.startsWith("upgrade:")) === true;
}

const hopByHop = new Set(
  "connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer http2-settings upgrade expect transfer-encoding".split(
    " ",
  ),
);

/** What of Node's request a proxy passes on: RFC 9110 7.6.1 for the fields, RFC 9112 3.2.2 for an absolute target. */
function asPassedOn({ target, fields }: SeenRequest): { target: string; fields: readonly string[] } {
  const nameOf = (field: string): string => field.slice(0, field.indexOf(":"));
  const named = new Set(
    fields
      .filter((field) => nameOf(field) === "connection")
      .flatMap((field) => field.slice(11).toLowerCase().split(","))
      .map((each) => each.trim())
      .filter((each) => each !== "host" && each !== "content-length"),
  );
  const kept = fields.filter((field) => !hopByHop.has(nameOf(field)) && !named.has(nameOf(field)));
  const absolute = /^https?:\/\/([^/?]+)(.*)$/i.exec(target);
  if (absolute === null) return { target, fields: kept };
  const [, authority = "", rest = ""] = absolute;
  return {
    target: rest.startsWith("/") ? rest : `/${rest}`,
    fields: [...kept.filter((field) => nameOf(field) !== "host"), `host: ${authority}`],
  };
}

function reasonOf(answers: string): string {
  const reason = /x-reason: ([^\r]*)/.exec(answers)?.[1];
  if (reason !== undefined) return reason.replaceAll(/\d{3,}/g, "N");
  return answers.includes("connection: close") ? "the connection ends after an answer" : "no answer";
}

function describe({ method, target, fields, body }: SeenRequest): string {
  return JSON.stringify({ method, target, fields, body: body.slice(0, 200) });
}
