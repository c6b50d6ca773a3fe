import { SluiceError } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import type { PoolReplica, PoolRouter, PoolRouters, TryOutcome, Waiter, WaitRefusal } from "@sluice/router";
import { callHead, CancelCode, RejectCode, WireError } from "@sluice/wire";
import type {
  AnswerEvents,
  CallHead,
  ClientConnection,
  ClientStream,
  Gone,
  Reject,
  ResponseHead,
  ResultHead,
  Trailers,
} from "@sluice/wire";
import { bodyLimitBytes } from "../serve/body-limit.ts";
import { callerGone, errorOfRemote, refusalError, timeoutError } from "./call-errors.ts";
import type { CallTarget } from "./call-target.ts";
import { childTraceparent, spanIdOf } from "./child-traceparent.ts";
import type { BegunCall, HostedRequest } from "./hosted-request.ts";
import { ResultStream } from "./result-stream.ts";
import type { KnownSlices } from "./slice-book.ts";
import { BodyCollector } from "./values/body-collector.ts";
import { decodeValue, encodeArguments, headersOfValue } from "./values/value-codec.ts";
import type { EncodedValue } from "./values/value-codec.ts";
import type { WireConnections } from "./wire-connections.ts";

/** What all calls of a replica have in common. */
export interface CallHost {
  readonly launch: HostLaunch;
  readonly slices: KnownSlices;
  readonly routers: PoolRouters;
  readonly connections: WireConnections;
  /** Slots and models that this replica tells go to this router. */
  bindReplica(replicaId: string, router: PoolRouter): void;
}

/** How a call ends: exactly one of these is called, once. */
export interface CallOutcome {
  readonly onValue: (value: unknown) => void;
  /** The answer streams; its end and its errors are the stream's. */
  readonly onItems: (stream: ResultStream) => void;
  readonly onError: (error: unknown) => void;
}

/** A replica that drains or is not ready is left alone for this long. */
const downMs = 1_000;

/**
 * One call to another deployment: finds a replica, sends, tries again where that is safe, and settles once. It is the
 * router's waiter and the wire's listener in one object, because a call is the unit of work here: a pipeline makes
 * thousands a second.
 */
export class RemoteCall implements Waiter, AnswerEvents, BegunCall {
  order = -1;
  excluded: ReadonlySet<string> | null = null;
  readonly deadlineMs: number;
  readonly modelId: string;

  readonly #host: CallHost;
  readonly #target: CallTarget;
  readonly #context: HostedRequest | undefined;
  readonly #outcome: CallOutcome;
  readonly #revision: number;
  readonly #startedMs: number;
  #value: EncodedValue | undefined;
  #router: PoolRouter | undefined;
  /** Granted and not yet paid back. */
  #replica: PoolReplica | undefined;
  #stream: ClientStream | undefined;
  #resultHead: ResultHead | undefined;
  #collector: BodyCollector | undefined;
  #items: ResultStream | undefined;
  #attempts = 0;
  #deaths = 0;
  #isOver = false;
  #stopWaiting: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  constructor(host: CallHost, target: CallTarget, context: HostedRequest | undefined, outcome: CallOutcome) {
    const { timeoutS, multiplexedModelId } = target.options;
    this.#host = host;
    this.#target = target;
    this.#context = context;
    this.#outcome = outcome;
    this.#startedMs = performance.now();
    this.#revision = context?.request.head.revision ?? host.launch.revision;
    this.deadlineMs = Math.min(
      context?.deadlineAtMs ?? Infinity,
      timeoutS === undefined ? Infinity : this.#startedMs + timeoutS * 1_000,
    );
    this.modelId = multiplexedModelId ?? context?.multiplexedModelId ?? "";
    context?.addCall(this);
    this.#listenTo(target.options.signal);
  }

  /** Sends the arguments, of which none is a promise any more. */
  start(args: readonly unknown[]): void {
    if (this.#isOver) return;
    if (this.#context?.isGone === true) return this.#fail(callerGone());
    try {
      this.#value = encodeArguments(args);
    } catch (error) {
      return this.#fail(error);
    }
    this.#findPool();
  }

  /** The stream of the answer, also before there is one. */
  stream(): ResultStream {
    this.#items ??= new ResultStream(
      {
        onConsumed: (bytes) => this.#stream?.consumed(bytes),
        onReturn: () => this.giveUp(callerGone(), "the reader stopped"),
      },
      bodyLimitBytes,
    );
    return this.#items;
  }

  /** Ends the call with this error; the far side stops. */
  giveUp(error: unknown, text: string): void {
    if (this.#isOver) return;
    this.#router?.cancel(this);
    this.#stream?.cancel(CancelCode.callerGone, text);
    this.#payBack(false);
    this.#fail(error);
  }

  abandon(gone: Gone): void {
    const isDeadline = gone.code === CancelCode.deadlineExceeded;
    this.giveUp(isDeadline ? timeoutError(`during ${this.#name}`) : callerGone(), gone.text);
  }

  onRequestEnd(): void {
    // A stream that nobody ever read would hold its generator, and a slot of its replica, for ever.
    if (this.#items !== undefined && !this.#items.isTouched) this.giveUp(callerGone(), "the request is over");
  }

  // What the router says.

  onGrant(replica: PoolReplica): void {
    this.#replica = replica;
    const { connections } = this.#host;
    const connection = connections.openTo(replica.replicaId);
    if (connection !== undefined) return this.#send(replica, connection);
    if (this.#router !== undefined) this.#host.bindReplica(replica.replicaId, this.#router);
    connections.dial(replica.backend).then(
      (dialled) => this.#send(replica, dialled),
      (error: unknown) => this.#onDialFailed(replica, error),
    );
  }

  onRefuse(refusal: WaitRefusal): void {
    // The pool is gone and nothing was sent: the one that took over, if there is one, serves.
    if (refusal === "closed") return this.#findPool();
    this.#fail(refusalError(refusal, this.#name));
  }

  // What the wire says.

  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void {
    if (this.#isOver) return;
    if (this.#replica !== undefined) this.#router?.heardFrom(this.#replica);
    if (head.kind !== "call") return this.#breakOff(badAnswer(this.#name, "it was an HTTP answer"));
    this.#resultHead = head;
    if (head.error !== undefined) {
      const error = errorOfRemote(head.error, head.headers, this.#place());
      this.#payBack(true);
      return this.#fail(error);
    }
    if (head.shape === "items") return this.#onItems(inlineBody);
    if (isComplete && head.headers.length === 0) {
      this.#payBack(true);
      return this.#settleWith(head, inlineBody, []);
    }
    this.#collect(head, inlineBody);
  }

  onData(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    try {
      if (this.#items === undefined || this.#resultHead?.shape !== "items") {
        this.#collector?.push(chunk);
        return true;
      }
      this.#items.push(chunk);
      return false;
    } catch (error) {
      this.#breakOff(badAnswer(this.#name, messageOf(error)));
      return true;
    }
  }

  onEnd(trailers: Trailers | undefined): void {
    if (this.#isOver) return;
    const head = this.#resultHead;
    const place = this.#place();
    this.#payBack(true);
    if (trailers?.error !== undefined) return this.#fail(errorOfRemote(trailers.error, trailers.headers, place));
    try {
      if (head?.shape === "items") {
        this.#items?.finish();
        return this.#close();
      }
      const body = this.#collector?.finish();
      if (head !== undefined && body !== undefined) this.#settleWith(head, body.document, body.parts);
    } catch (error) {
      this.#fail(badAnswer(this.#name, messageOf(error)));
    }
  }

  onReject(reject: Reject): void {
    const replica = this.#replica;
    const router = this.#router;
    this.#replica = undefined;
    this.#stream = undefined;
    if (replica === undefined || router === undefined) return;
    if (reject.code === RejectCode.atCapacity) router.reject(replica, reject.ongoing);
    else {
      router.abandon(replica);
      router.markDown(replica.replicaId, downMs);
      this.#exclude(replica.replicaId);
    }
    if (!this.#isOver) router.wait(this);
  }

  onError(error: WireError): void {
    const replica = this.#replica;
    const router = this.#router;
    this.#replica = undefined;
    this.#stream = undefined;
    if (replica === undefined || router === undefined) return;
    if (error.code === "deadline_exceeded") {
      router.release(replica, false);
      return this.#fail(timeoutError(`during ${this.#name}`, error));
    }
    if (error.code === "cancelled") {
      router.release(replica, false);
      return this.#fail(lost(this.#name, `its replica broke off: ${error.message}`, error));
    }
    this.#onTryFailed(router, replica, error);
  }

  get #name(): string {
    return `${this.#target.deployment}.${this.#target.method}()`;
  }

  #place(): { readonly deployment: string; readonly replicaId: string } {
    return { deployment: this.#target.deployment, replicaId: this.#replica?.replicaId ?? "unknown" };
  }

  #findPool(): void {
    if (this.#isOver) return;
    const { slices, routers, launch } = this.#host;
    const { application } = launch;
    const { deployment } = this.#target;
    const pool = slices.find(application, this.#revision, deployment);
    const router = pool === undefined ? undefined : routers.get(pool.poolId);
    if (router === undefined || router.isClosed) {
      const wanted = { application, revision: this.#revision, deployment };
      this.#stopWaiting = slices.waitFor(
        wanted,
        this.deadlineMs,
        () => this.#findPool(),
        (error) =>
          this.#fail(performance.now() >= this.deadlineMs ? timeoutError(`before ${this.#name} could be sent`) : error),
      );
      return;
    }
    this.#router = router;
    this.order = -1;
    const replica = router.tryAcquire(this);
    if (replica === undefined) router.wait(this);
    else this.onGrant(replica);
  }

  #send(replica: PoolReplica, connection: ClientConnection): void {
    if (this.#isOver || this.#value === undefined) return;
    try {
      const head = this.#head(this.#value);
      const { document, parts } = this.#value;
      if (parts.length === 0) {
        this.#stream = connection.request(head, document, this);
        return;
      }
      const stream = connection.openRequest(head, this);
      this.#stream = stream;
      if (document !== undefined) stream.write(document);
      for (let at = 0; at < parts.length - 1; at += 1) stream.write(parts[at] ?? Buffer.alloc(0));
      stream.end(parts.at(-1));
    } catch (error) {
      this.#onDialFailed(replica, error);
    }
  }

  #onDialFailed(replica: PoolReplica, error: unknown): void {
    if (this.#replica !== replica || this.#router === undefined) return;
    this.#replica = undefined;
    if (error instanceof WireError) return this.#onTryFailed(this.#router, replica, error);
    this.#router.abandon(replica);
    this.#fail(error);
  }

  #onTryFailed(router: PoolRouter, replica: PoolReplica, error: WireError): void {
    const outcome: TryOutcome =
      error.outcome === "taken" ? "taken" : error.code === "going_away" ? "above_goaway" : "never_written";
    this.#attempts += 1;
    if (outcome === "taken") this.#deaths += 1;
    if (outcome === "above_goaway") {
      router.abandon(replica);
      router.markDown(replica.replicaId, downMs);
    } else router.fail(replica, outcome === "taken" ? "lost" : "unreachable");
    if (this.#isOver) return;
    const decision = router.planRetry({
      outcome,
      attempts: this.#attempts,
      deaths: this.#deaths,
      method: "CALL",
      responseStarted: this.#resultHead !== undefined,
    });
    if (!decision.retry) return this.#fail(lost(this.#name, decision.reason, error));
    this.#exclude(replica.replicaId);
    router.wait(this);
  }

  #head(value: EncodedValue): CallHead {
    const { application, deployment: caller } = this.#host.launch;
    const incoming = this.#context?.request.head;
    const leftMs = this.deadlineMs === Infinity ? 0 : Math.max(1, Math.ceil(this.deadlineMs - performance.now()));
    const { deployment, method } = this.#target;
    const headers = headersOfValue(value);
    return callHead({
      application,
      revision: this.#revision,
      deployment,
      caller,
      method,
      encoding: value.encoding,
      deadlineMs: leftMs,
      attempt: Math.min(this.#attempts, 255),
      multiplexedModelId: this.modelId,
      ...(headers === undefined ? undefined : { headers }),
      ...(incoming === undefined
        ? undefined
        : {
            requestId: incoming.requestId,
            traceparent:
              incoming.traceparent === ""
                ? ""
                : childTraceparent(incoming.traceparent, spanIdOf(Math.random(), Math.random())),
            stickyKey: incoming.stickyKey,
            splitChoices: incoming.splitChoices,
            extras: incoming.extras,
          }),
    });
  }

  #onItems(inlineBody: Buffer): void {
    const stream = this.stream();
    this.#outcome.onItems(stream);
    if (inlineBody.length > 0) this.onData(inlineBody);
  }

  #collect(head: ResultHead, inlineBody: Buffer): void {
    try {
      this.#collector = new BodyCollector(head.headers, bodyLimitBytes);
      this.#collector.push(inlineBody);
    } catch (error) {
      this.#breakOff(badAnswer(this.#name, messageOf(error)));
    }
  }

  #settleWith(head: ResultHead, document: Buffer, parts: Buffer[]): void {
    let value: unknown;
    try {
      value = decodeValue(head.encoding, document, parts);
    } catch (error) {
      return this.#fail(badAnswer(this.#name, messageOf(error)));
    }
    this.#close();
    this.#items?.pushValue(value);
    this.#outcome.onValue(value);
  }

  /** The answer cannot be used: the far side need not go on. */
  #breakOff(error: Error): void {
    this.#stream?.cancel(CancelCode.callerGone, "the answer cannot be used");
    this.#payBack(true);
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#close();
    this.#items?.fail(error);
    this.#outcome.onError(error);
  }

  #close(): void {
    this.#isOver = true;
    this.#stopWaiting?.();
    this.#stopListening?.();
    const context = this.#context;
    if (context === undefined) return;
    context.removeCall(this);
    const { deployment, method } = this.#target;
    context.countCall(deployment, method, performance.now() - this.#startedMs);
  }

  #payBack(isAnswered: boolean): void {
    const replica = this.#replica;
    this.#replica = undefined;
    if (replica !== undefined) this.#router?.release(replica, isAnswered);
  }

  #exclude(replicaId: string): void {
    this.excluded = new Set([...(this.excluded ?? []), replicaId]);
  }

  #listenTo(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const abort = (): void => this.giveUp(signal.reason, "the caller's signal aborted");
    if (signal.aborted) return queueMicrotask(abort);
    signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", abort);
  }
}

function badAnswer(name: string, why: string): SluiceError {
  return new SluiceError({
    code: "replica/bad_answer",
    publicMessage: `The answer of ${name} cannot be used: ${why}.`,
  });
}

function lost(name: string, reason: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: "replica/lost",
    publicMessage: `The replica that ran ${name} was lost: ${reason}.`,
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
