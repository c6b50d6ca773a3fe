import { CancelCode, httpResponseHead } from "@sluice/wire";
import type { HeaderPairs, HttpRequestHead } from "@sluice/wire";
import type { Logger } from "@sluice/observability";
import type { Dispatcher } from "undici";
import type { IncomingRequest } from "../runtime.ts";
import { planAnswerHeaders } from "./forwarded-headers.ts";
import { judgeUpstreamError } from "./judge-upstream-error.ts";

type Controller = Dispatcher.DispatchController;
type RawHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * An answer that says it is this short is held until it is complete: it leaves in one frame, and a program that breaks off
 * in the middle of it becomes a clean 502.
 */
const maxHeldBytes = 16_384;

/** One answer of the program on its way to the wire, piece by piece. */
export class RelayedAnswer implements Dispatcher.DispatchHandler {
  readonly finished: Promise<number>;
  readonly #request: IncomingRequest;
  readonly #ongoing: number;
  readonly #logger: Logger;
  readonly #isBodyless: boolean;
  readonly #startedMs = performance.now();
  #status = 0;
  #headers: HeaderPairs = [];
  /** Undefined once the answer streams. */
  #held: Buffer[] | undefined = [];
  #resolve: (status: number) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(request: IncomingRequest, head: HttpRequestHead, ongoing: number, logger: Logger) {
    this.#request = request;
    this.#ongoing = ongoing;
    this.#logger = logger;
    this.#isBodyless = head.method === "HEAD";
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  onRequestStart(controller: Controller): void {
    // Nobody waits any more: the program sees its connection close.
    this.#request.onCancel((gone) => controller.abort(new Error(`the caller is gone: ${gone.text}`)));
  }

  onResponseStart(controller: Controller, status: number, headers: RawHeaders): void {
    // Informational answers are about the connection; the gateway has sent its own.
    if (status < 200) return;
    this.#status = status;
    // The program is the model: its time runs until it begins to answer.
    const tenths = Math.round((performance.now() - this.#startedMs) * 10) / 10;
    this.#headers = [...planAnswerHeaders(headers), "server-timing", `model;dur=${tenths}`];
    const isEmpty = this.#isBodyless || status === 204 || status === 304;
    const declared = typeof headers["content-length"] === "string" ? Number(headers["content-length"]) : Infinity;
    if (!isEmpty && declared > maxHeldBytes) this.#stream(controller);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#held === undefined) this.#write(controller, chunk);
    else this.#held.push(chunk);
  }

  onResponseEnd(): void {
    const request = this.#request;
    if (this.#held === undefined) request.end();
    else request.respond(this.#head(), this.#held.length === 0 ? undefined : joined(this.#held));
    this.#resolve(request.gone === undefined ? this.#status : 499);
  }

  onResponseError(_controller: Controller | undefined, error: unknown): void {
    const request = this.#request;
    if (request.gone !== undefined) return this.#resolve(499);
    const failure = judgeUpstreamError(error);
    this.#logger.warn({ err: error, requestId: request.head.requestId }, failure.publicMessage);
    if (this.#held !== undefined) return this.#reject(failure);
    request.cancel(CancelCode.failed, failure.publicMessage);
    this.#resolve(failure.status);
  }

  #stream(controller: Controller): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#request.startResponse(this.#head());
    for (const chunk of held) this.#write(controller, chunk);
  }

  #write(controller: Controller, chunk: Buffer): void {
    if (this.#request.write(chunk)) return;
    // The reader is slower than the program: no more is taken from it meanwhile.
    controller.pause();
    void this.#request.drained().then(() => controller.resume());
  }

  #head(): ReturnType<typeof httpResponseHead> {
    return httpResponseHead(this.#status, this.#headers, this.#ongoing);
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
