import type { Readable } from "node:stream";
import type { Logger } from "@sluice/observability";
import { isSafeMethod } from "@sluice/wire";
import type { HttpRequestHead } from "@sluice/wire";
import type { Pool } from "undici";
import type { IncomingRequest } from "../runtime.ts";
import { planForwardedHeaders, planTarget } from "./forwarded-headers.ts";
import { isStaleConnection } from "./judge-upstream-error.ts";
import { RelayedAnswer } from "./relayed-answer.ts";

export interface UpstreamOptions {
  readonly port: number;
  readonly keepsPrefix: boolean;
  readonly logger: Logger;
}

/**
 * Shorter than the time after which common servers close an idle connection (gunicorn 2 s, uvicorn and Node 5 s), so that a
 * request is hardly ever written to one that is being closed.
 */
const keepAliveMs = 1_500;
const maxHeaderBytes = 64 * 1024;

/**
 * The way to the program: HTTP/1.1 over connections that are kept, as many as there are requests at a time. Bodies flow both
 * ways as they come, each side held back by the other.
 */
export class Upstream {
  readonly options: UpstreamOptions;
  readonly #pool: Pool;

  constructor(make: typeof Pool, options: UpstreamOptions) {
    this.options = options;
    this.#pool = new make(`http://127.0.0.1:${options.port}`, {
      pipelining: 1,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: keepAliveMs,
      maxHeaderSize: maxHeaderBytes,
      // The request's own deadline ends it, through a cancel.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Passes a request on and its answer back; settles with the status to count. */
  async relay(request: IncomingRequest, head: HttpRequestHead, ongoing: number): Promise<number> {
    const isRepeatable = isSafeMethod(head.method) && request.wholeBody?.length === 0;
    try {
      return await this.#relayOnce(request, head, ongoing);
    } catch (error) {
      // A kept connection that the program closed at that moment: nothing of a safe request is lost by asking again.
      if (!isRepeatable || request.gone !== undefined || request.hasResponded || !isStaleConnection(error)) throw error;
      return this.#relayOnce(request, head, ongoing);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #relayOnce(request: IncomingRequest, head: HttpRequestHead, ongoing: number): Promise<number> {
    const { keepsPrefix, logger } = this.options;
    const whole = request.wholeBody;
    const answer = new RelayedAnswer(request, head, ongoing, logger);
    this.#pool.dispatch(
      {
        method: head.method,
        path: planTarget(head, keepsPrefix),
        headers: planForwardedHeaders(head),
        body: whole === undefined ? piecesOf(request) : whole.length === 0 ? null : whole,
      },
      answer,
    );
    return answer.finished;
  }
}

/** The body as it arrives: a program that reads slowly holds the client back by the wire's credit. */
function piecesOf(request: IncomingRequest): Readable {
  // The client takes any async iterable; its types know streams alone.
  return iterate(request) as unknown as Readable;
}

async function* iterate(request: IncomingRequest): AsyncGenerator<Buffer> {
  for (;;) {
    const piece = await request.body.read();
    if (piece === undefined) return;
    yield piece;
  }
}
