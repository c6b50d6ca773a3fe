/** Ends of a connection for tests; every server and client started here is closed after the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Encoding, callHead, connectWire, serveWire } from "../src/index.ts";
import type {
  AnswerEvents,
  ClientConnection,
  ClientConnectionOptions,
  ClientStream,
  RequestHandler,
  RequestHead,
  WireServer,
  WireServerOptions,
} from "../src/index.ts";
import type { Reject, ResponseHead, Trailers } from "../src/index.ts";
import type { WireError } from "../src/index.ts";

export function newSocketPath(): string {
  const directory = mkdtempSync(join(tmpdir(), "wire-"));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return join(directory, "s.sock");
}

export async function startServer(
  handler: RequestHandler,
  options: WireServerOptions = {},
): Promise<WireServer & { readonly path: string }> {
  const path = newSocketPath();
  const server = await serveWire({ kind: "unix", path }, handler, options);
  onTestFinished(async () => server.close());
  return Object.assign(server, { path });
}

export async function connect(path: string, options: ClientConnectionOptions = {}): Promise<ClientConnection> {
  const connection = await connectWire({ kind: "unix", path }, options);
  onTestFinished(() => {
    connection.destroy();
  });
  return connection;
}

export type Finished =
  | {
      readonly kind: "end";
      readonly head: ResponseHead;
      readonly body: Buffer;
      readonly trailers: Trailers | undefined;
    }
  | { readonly kind: "reject"; readonly reject: Reject }
  | { readonly kind: "error"; readonly error: WireError; readonly bodyBefore: string };

export const call = (method: string, more: { readonly deadlineMs?: number } = {}) =>
  callHead({ method, encoding: Encoding.bytes, ...more });

/** Sends a request and gathers what happens to it. */
export function send(
  connection: ClientConnection,
  head: RequestHead = call("echo"),
  body?: Buffer,
): { stream: ClientStream; finished: Promise<Finished> } {
  const { events, finished } = gather();
  return { stream: connection.request(head, body, events), finished };
}

export function gather(): { events: AnswerEvents; finished: Promise<Finished> } {
  let settle: (finished: Finished) => void = () => undefined;
  const finished = new Promise<Finished>((resolve) => {
    settle = resolve;
  });
  const parts: Buffer[] = [];
  let answerHead: ResponseHead | undefined;
  const events: AnswerEvents = {
    onHead: (head, inlineBody) => {
      answerHead = head;
      parts.push(Buffer.from(inlineBody));
    },
    onData: (chunk) => {
      parts.push(Buffer.from(chunk));
      return true;
    },
    onEnd: (trailers) => {
      if (answerHead === undefined) throw new Error("end without head");
      settle({ kind: "end", head: answerHead, body: Buffer.concat(parts), trailers });
    },
    onReject: (reject) => {
      settle({ kind: "reject", reject });
    },
    onError: (error) => {
      settle({ kind: "error", error, bodyBefore: Buffer.concat(parts).toString() });
    },
  };
  return { events, finished };
}

/** Waits for a condition; fails with what it waited for. */
export async function until(what: string, condition: () => boolean, timeoutMs = 5_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
