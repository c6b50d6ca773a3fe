import type { Logger, SeriesRecorder } from "@sluice/observability";
import type { HeaderPairs, WireRequest } from "@sluice/wire";
import { HostedRequest, runHosted } from "../handles/hosted-request.ts";
import type { Answer, Runtime } from "../runtime.ts";
import { logAnswer } from "./access-log.ts";
import type { Capacity } from "./capacity.ts";
import { sendAnswer, sendError } from "./send-answer.ts";
import type { AnswerExtras } from "./send-answer.ts";
import { hopsOf, serverTimingOf } from "./server-timing.ts";

const noHops: HeaderPairs = Object.freeze([]);

/** An admitted request: holds its slot and its place in the metrics until its code has ended. */
export class RunningRequest {
  readonly request: WireRequest;
  readonly context: HostedRequest;
  readonly #series: SeriesRecorder;
  readonly #capacity: Capacity;
  readonly #startedMs: number;
  readonly #accessLog: Logger | null;

  constructor(request: WireRequest, series: SeriesRecorder, capacity: Capacity, accessLog: Logger | null) {
    this.request = request;
    this.context = new HostedRequest(request, {});
    this.#series = series;
    this.#capacity = capacity;
    this.#startedMs = performance.now();
    this.#accessLog = accessLog;
    series.ongoing(1);
  }

  /** Hands the answer to the wire; a promise only when the body comes in pieces. Answers the status to count. */
  send(answer: Answer, runtime: Runtime): number | Promise<number> {
    const extras = this.#extras();
    const isStreamed = answer.kind === "items" || answer.kind === "stream";
    // A generator's code runs for whoever asks it for the next item.
    if (isStreamed && runtime.carriesContext === true) {
      return runHosted(this.context, () => sendAnswer(this.request, answer, extras));
    }
    return sendAnswer(this.request, answer, extras);
  }

  /** The same for an error; `shown` is what a client may read of it. */
  sendError(error: unknown, shown: unknown): number {
    return sendError(this.request, error, shown, this.#extras());
  }

  /** The code of the request has ended. Called once. */
  finish(status: number): void {
    const durationMs = performance.now() - this.#startedMs;
    this.#series.record(status, durationMs);
    if (this.#accessLog !== null) logAnswer(this.#accessLog, this.request, status, durationMs);
    this.#series.ongoing(-1);
    this.#capacity.free();
    this.context.end();
  }

  #extras(): AnswerExtras {
    const isHttp = this.request.head.kind === "http";
    return {
      ongoing: this.#capacity.ongoing,
      serverTiming: isHttp ? serverTimingOf(this.context, performance.now() - this.#startedMs) : "",
      hops: isHttp ? noHops : hopsOf(this.context),
    };
  }
}
