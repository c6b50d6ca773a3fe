/**
 * WebSocket and other upgrades: the request's stream becomes a tunnel. A request whose head has `upgrade` is passed on with
 * it; the program's 101 is answered as it is, and from then on bytes flow both ways as body of the request and of the
 * answer, until either side ends. Any other status is an ordinary answer.
 */
import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { CancelCode, httpResponseHead } from "@sluice/wire";
import type { HttpRequestHead } from "@sluice/wire";
import type { IncomingRequest } from "../runtime.ts";
import { planAnswerHeaders, planForwardedHeaders, planTarget, valueOf } from "./forwarded-headers.ts";
import { judgeUpstreamError } from "./judge-upstream-error.ts";
import type { UpstreamOptions } from "./upstream.ts";

const maxRefusalBytes = 1024 * 1024;

export function isUpgrade({ headers }: HttpRequestHead): boolean {
  return valueOf(headers, "upgrade") !== undefined;
}

/** Settles with the status to count once the tunnel is closed. */
export async function relayUpgrade(
  request: IncomingRequest,
  head: HttpRequestHead,
  { port, keepsPrefix }: UpstreamOptions,
  ongoing: number,
): Promise<number> {
  const upgrade = valueOf(head.headers, "upgrade") ?? "";
  const outgoing = httpRequest({
    host: "127.0.0.1",
    port,
    agent: false,
    method: head.method,
    path: planTarget(head, keepsPrefix),
    headers: [...planForwardedHeaders(head), "connection", "upgrade", "upgrade", upgrade],
  });
  request.onCancel(() => outgoing.destroy());
  const opened = new Promise<{ answer: IncomingMessage; socket: Duplex | null; first: Buffer }>((resolve, reject) => {
    outgoing.on("upgrade", (answer, socket, first) => resolve({ answer, socket, first }));
    outgoing.on("response", (answer) => resolve({ answer, socket: null, first: Buffer.alloc(0) }));
    outgoing.on("error", (error) => reject(judgeUpstreamError(error)));
  });
  outgoing.end();
  const { answer, socket, first } = await opened;
  const status = answer.statusCode ?? 502;
  if (socket === null) return respondWhole(request, answer, status, ongoing);
  const pairs = [...planAnswerHeaders(answer.headers), "connection", "upgrade", "upgrade", upgrade];
  request.startResponse(httpResponseHead(status, pairs, ongoing));
  if (first.length > 0) request.write(first);
  await tunnel(request, socket);
  return status;
}

/** The program refused the upgrade. */
async function respondWhole(
  request: IncomingRequest,
  answer: IncomingMessage,
  status: number,
  ongoing: number,
): Promise<number> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxRefusalBytes) break;
    chunks.push(chunk);
  }
  request.respond(httpResponseHead(status, planAnswerHeaders(answer.headers), ongoing), Buffer.concat(chunks));
  return status;
}

/** Bytes both ways, each held back by its reader, until either side ends. */
async function tunnel(request: IncomingRequest, socket: Duplex): Promise<void> {
  request.onCancel(() => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    if (request.write(chunk)) return;
    socket.pause();
    void request.drained().then(() => socket.resume());
  });
  socket.on("end", () => request.end());
  void pumpBody(request, socket);
  await closed;
  if (request.isOpen) request.cancel(CancelCode.bodyNotWanted);
}

async function pumpBody(request: IncomingRequest, socket: Duplex): Promise<void> {
  try {
    for (let piece = await request.body.read(); piece !== undefined; piece = await request.body.read()) {
      if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
    }
    socket.end();
  } catch {
    // The caller is gone or the answer is over: there is nobody left to tell.
    socket.destroy();
  }
}
