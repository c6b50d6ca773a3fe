import { Duplex } from "node:stream";
import { CancelCode, httpResponseHead } from "@sluice/wire";
import type { IncomingRequest } from "../../runtime.ts";

const headEnd = "\r\n\r\n";

/**
 * A request's stream as a socket on which an HTTP/1.1 server answers an upgrade: the head it writes becomes the head of the answer,
 * everything after it flows as the answer's body, and what it reads is the request's body. Each side holds the other back.
 */
export class TunnelStream extends Duplex {
  readonly #request: IncomingRequest;
  /** What was written of the head so far; null once it is complete. */
  #head: string | null = "";
  /** Status that was answered, 0 before. */
  status = 0;

  constructor(request: IncomingRequest) {
    super({ allowHalfOpen: true });
    this.#request = request;
    request.onCancel(() => this.destroy());
  }

  override _read(): void {
    this.#request.body.read().then(
      (piece) => this.push(piece ?? null),
      // The caller is gone: there is nobody left to tell.
      () => this.destroy(),
    );
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: (error?: Error) => void): void {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk;
    const body = this.#head === null ? bytes : this.#takeHead(this.#head, bytes);
    if (body === undefined || body.length === 0 || this.#request.write(body)) return done();
    this.#request.drained().then(
      () => done(),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  }

  override _final(done: () => void): void {
    if (this.#head === null) this.#request.end();
    else this.#request.respond(httpResponseHead(500), undefined);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#request.isOpen) this.#request.cancel(CancelCode.bodyNotWanted);
    done(error);
  }

  #takeHead(before: string, bytes: Buffer): Buffer | undefined {
    const text = before + bytes.toString("latin1");
    const end = text.indexOf(headEnd);
    if (end < 0) {
      this.#head = text;
      return undefined;
    }
    this.#head = null;
    const [statusLine = "", ...lines] = text.slice(0, end).split("\r\n");
    this.status = Number(statusLine.split(" ")[1]);
    const pairs = lines.flatMap((line) => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 1).trim(),
    ]);
    this.#request.startResponse(httpResponseHead(this.status, pairs));
    return Buffer.from(text.slice(end + headEnd.length), "latin1");
  }
}
