/**
 * Bodies up to `wholeBodyBytes` are read before the request leaves, so that a try which no replica took can be made again.
 * Longer ones stream, with what was read so far as the first piece.
 */
import type { IncomingMessage } from "node:http";

export const wholeBodyBytes = 64 * 1024;

export type RequestBody =
  | { readonly kind: "none" }
  | { readonly kind: "whole"; readonly bytes: Buffer }
  | { readonly kind: "stream"; readonly first: Buffer };

/** True when the message has no body, known from its head alone. */
export function hasNoBody(request: IncomingMessage): boolean {
  const { headers } = request;
  if (headers["transfer-encoding"] !== undefined) return false;
  const length = headers["content-length"];
  return length === undefined || length === "0";
}

/** Length that the client announced; undefined for a chunked body. */
export function announcedLength(request: IncomingMessage): number | undefined {
  const length = request.headers["content-length"];
  return length === undefined ? undefined : Number(length);
}

/** Reads until the end or until the body counts as long; calls back once. When the client goes away it never calls back. */
export function readBody(request: IncomingMessage, done: (body: RequestBody) => void): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const finish = (body: RequestBody) => {
    request.off("data", onData);
    request.off("end", onEnd);
    done(body);
  };
  const onData = (piece: Buffer) => {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes <= wholeBodyBytes) return;
    request.pause();
    finish({ kind: "stream", first: Buffer.concat(pieces, bytes) });
  };
  const onEnd = () =>
    finish({ kind: "whole", bytes: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, bytes) });
  request.on("data", onData);
  request.on("end", onEnd);
}
