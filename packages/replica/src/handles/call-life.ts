import { CancelCode } from "@sluice/wire";
import type { Gone } from "@sluice/wire";
import { CallAnswer } from "./call-answer.ts";
import { callerGone, timeoutError } from "./call-errors.ts";
import type { CallHost, CallOutcome } from "./call-host.ts";
import type { CallTarget } from "./call-target.ts";
import type { BegunCall, HostedRequest } from "./hosted-request.ts";
import type { StreamSource } from "./result-stream.ts";

/**
 * The life of a call, however it is sent: it belongs to a request, may be given up by a signal, and is over once. The classes on top of
 * it add where it goes and what comes back; they are one object, because a pipeline makes thousands of calls a second.
 */
export abstract class CallLife implements BegunCall, StreamSource {
  readonly deadlineMs: number;
  readonly modelId: string;
  protected readonly host: CallHost;
  protected readonly target: CallTarget;
  protected readonly context: HostedRequest | undefined;
  protected readonly outcome: CallOutcome;
  protected readonly revision: number;
  protected readonly answer: CallAnswer;
  protected isOver = false;
  /** While no pool is known that could take it. */
  protected stopWaiting: (() => void) | undefined;
  readonly #startedMs = performance.now();
  #stopListening: (() => void) | undefined;

  constructor(host: CallHost, target: CallTarget, context: HostedRequest | undefined, outcome: CallOutcome) {
    const { timeoutS, multiplexedModelId, signal } = target.options;
    this.host = host;
    this.target = target;
    this.context = context;
    this.outcome = outcome;
    this.revision = context?.request.head.revision ?? host.launch.revision;
    const ownDeadlineMs = timeoutS === undefined ? Infinity : this.#startedMs + timeoutS * 1_000;
    this.deadlineMs = Math.min(context?.deadlineAtMs ?? Infinity, ownDeadlineMs);
    this.modelId = multiplexedModelId ?? context?.multiplexedModelId ?? "";
    this.answer = new CallAnswer(this);
    context?.addCall(this);
    if (signal !== undefined) this.#listenTo(signal);
  }

  /** Ends the call with this error; the far side stops. */
  abstract giveUp(error: unknown, text: string): void;
  abstract onConsumed(bytes: number): void;

  // What the request says.

  abandon(gone: Gone): void {
    const isDeadline = gone.code === CancelCode.deadlineExceeded;
    this.giveUp(isDeadline ? timeoutError(`during ${this.name}`) : callerGone(), gone.text);
  }

  onRequestEnd(): void {
    // A stream that nobody ever read would hold its generator, and a slot of its replica, for ever.
    if (this.answer.items?.isTouched === false) this.giveUp(callerGone(), "the request is over");
  }

  // What the reader of a stream says.

  onReturn(): void {
    this.giveUp(callerGone(), "the reader stopped");
  }

  /** For messages: `Model.predict()`. */
  protected get name(): string {
    return `${this.target.deployment}.${this.target.method}()`;
  }

  protected fail(error: unknown): void {
    if (this.isOver) return;
    this.close();
    this.answer.items?.fail(error);
    this.outcome.onError(error);
  }

  protected close(): void {
    this.isOver = true;
    this.stopWaiting?.();
    this.#stopListening?.();
    const { context } = this;
    if (context === undefined) return;
    context.removeCall(this);
    const { deployment, method } = this.target;
    context.countCall(deployment, method, performance.now() - this.#startedMs, this.answer.headers);
  }

  #listenTo(signal: AbortSignal): void {
    const abort = (): void => this.giveUp(signal.reason, "the caller's signal aborted");
    if (signal.aborted) return queueMicrotask(abort);
    signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", abort);
  }
}
