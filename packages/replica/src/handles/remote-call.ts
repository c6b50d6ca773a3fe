import type { HostLaunch } from "@sluice/contracts";
import type { PoolReplica, PoolRouter, PoolRouters, TryOutcome, Waiter, WaitRefusal } from "@sluice/router";
import { CancelCode, RejectCode, WireError } from "@sluice/wire";
import type { AnswerEvents, ClientConnection, ClientStream, Gone, Reject, ResponseHead, Trailers } from "@sluice/wire";
import { CallAnswer } from "./call-answer.ts";
import { badAnswer, callerGone, lostReplica, refusalError, timeoutError } from "./call-errors.ts";
import { callHeadOf } from "./call-head-of.ts";
import type { CallTarget } from "./call-target.ts";
import type { BegunCall, HostedRequest } from "./hosted-request.ts";
import type { ResultStream } from "./result-stream.ts";
import { sendValue } from "./send-value.ts";
import type { KnownSlices } from "./slice-book.ts";
import { encodeArguments } from "./values/value-codec.ts";
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

/** How a call ends. `onItems` comes first when it streams; then the stream tells its end and its errors. */
export interface CallOutcome {
  readonly onValue: (value: unknown) => void;
  readonly onItems: (stream: ResultStream) => void;
  readonly onError: (error: unknown) => void;
}

/** A replica that drains or is not ready is left alone for this long. */
const downMs = 1_000;

/**
 * One call to another deployment: finds a replica, sends, tries again where that is safe, and settles once. It is the
 * router's waiter and the wire's listener in one object, because a call is the unit of work here: a pipeline makes
 * thousands a second. Every grant of the router is paid back exactly once.
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
  readonly #startedMs = performance.now();
  readonly #answer: CallAnswer;
  #value: EncodedValue | undefined;
  #router: PoolRouter | undefined;
  /** Granted and not yet paid back. */
  #replica: PoolReplica | undefined;
  #stream: ClientStream | undefined;
  #attempts = 0;
  #deaths = 0;
  #isOver = false;
  #stopWaiting: (() => void) | undefined;
  #stopListening: (() => void) | undefined;

  constructor(host: CallHost, target: CallTarget, context: HostedRequest | undefined, outcome: CallOutcome) {
    const { timeoutS, multiplexedModelId, signal } = target.options;
    this.#host = host;
    this.#target = target;
    this.#context = context;
    this.#outcome = outcome;
    this.#revision = context?.request.head.revision ?? host.launch.revision;
    const ownDeadlineMs = timeoutS === undefined ? Infinity : this.#startedMs + timeoutS * 1_000;
    this.deadlineMs = Math.min(context?.deadlineAtMs ?? Infinity, ownDeadlineMs);
    this.modelId = multiplexedModelId ?? context?.multiplexedModelId ?? "";
    this.#answer = new CallAnswer(this);
    context?.addCall(this);
    if (signal !== undefined) this.#listenTo(signal);
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
    return this.#answer.stream();
  }

  /** Ends the call with this error; the far side stops. */
  giveUp(error: unknown, text: string): void {
    if (this.#isOver) return;
    this.#router?.cancel(this);
    this.#stream?.cancel(CancelCode.callerGone, text);
    this.#payBack(false);
    this.#fail(error);
  }

  // What the request says.

  abandon(gone: Gone): void {
    const isDeadline = gone.code === CancelCode.deadlineExceeded;
    this.giveUp(isDeadline ? timeoutError(`during ${this.#name}`) : callerGone(), gone.text);
  }

  onRequestEnd(): void {
    // A stream that nobody ever read would hold its generator, and a slot of its replica, for ever.
    if (this.#answer.items?.isTouched === false) this.giveUp(callerGone(), "the request is over");
  }

  // What the reader of a stream says.

  onConsumed(bytes: number): void {
    this.#stream?.consumed(bytes);
  }

  onReturn(): void {
    this.giveUp(callerGone(), "the reader stopped");
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
      (error: unknown) => this.#onNotSent(replica, error),
    );
  }

  onRefuse(refusal: WaitRefusal): void {
    // The pool is gone and nothing was sent: the one that took over, if there is one, serves.
    if (refusal === "closed") return this.#findPool();
    this.#fail(refusalError(refusal, this.#name));
  }

  // What the wire says.

  onHead(head: ResponseHead, inlineBody: Buffer): void {
    if (this.#isOver) return;
    if (this.#replica !== undefined) this.#router?.heardFrom(this.#replica);
    if (head.kind !== "call") return this.#breakOff("it was an HTTP answer");
    if (this.#answer.begin(head)) this.#outcome.onItems(this.#answer.stream());
    this.onData(inlineBody);
  }

  onData(chunk: Buffer): boolean {
    if (this.#isOver) return true;
    try {
      return this.#answer.push(chunk);
    } catch (error) {
      this.#breakOff(error);
      return true;
    }
  }

  onEnd(trailers: Trailers | undefined): void {
    if (this.#isOver) return;
    const place = { deployment: this.#target.deployment, replicaId: this.#replica?.replicaId ?? "unknown" };
    this.#payBack(true);
    try {
      const end = this.#answer.finish(trailers, place);
      if (end.kind === "error") return this.#fail(end.error);
      this.#close();
      if (end.kind === "items") return;
      this.#answer.items?.pushValue(end.value);
      this.#outcome.onValue(end.value);
    } catch (error) {
      this.#fail(badAnswer(this.#name, error));
    }
  }

  onReject(reject: Reject): void {
    const replica = this.#takeReplica();
    if (replica === undefined || this.#router === undefined) return;
    if (reject.code === RejectCode.atCapacity) this.#router.reject(replica, reject.ongoing);
    else {
      this.#router.abandon(replica);
      this.#leaveAlone(replica);
    }
    if (!this.#isOver) this.#router.wait(this);
  }

  onError(error: WireError): void {
    const replica = this.#takeReplica();
    if (replica === undefined || this.#router === undefined) return;
    const isLate = error.code === "deadline_exceeded";
    if (!isLate && error.code !== "cancelled") return this.#onTryFailed(this.#router, replica, error);
    this.#router.release(replica, false);
    this.#fail(
      isLate ? timeoutError(`during ${this.#name}`, error) : lostReplica(this.#name, "it broke the answer off", error),
    );
  }

  get #name(): string {
    return `${this.#target.deployment}.${this.#target.method}()`;
  }

  #findPool(): void {
    if (this.#isOver) return;
    const { slices, routers, launch } = this.#host;
    const { application } = launch;
    const { deployment } = this.#target;
    const pool = slices.find(application, this.#revision, deployment);
    const router = pool === undefined ? undefined : routers.get(pool.poolId);
    if (router === undefined || router.isClosed) {
      this.#stopWaiting = slices.waitFor(
        { application, revision: this.#revision, deployment },
        this.deadlineMs,
        () => this.#findPool(),
        (error) => this.#fail(error ?? timeoutError(`before ${this.#name} could be sent`)),
      );
      return;
    }
    this.#router = router;
    this.order = -1;
    router.wait(this);
  }

  #send(replica: PoolReplica, connection: ClientConnection): void {
    if (this.#isOver || this.#value === undefined) return;
    const head = callHeadOf({
      launch: this.#host.launch,
      target: this.#target,
      revision: this.#revision,
      modelId: this.modelId,
      value: this.#value,
      incoming: this.#context?.request.head,
      attempt: this.#attempts,
      leftMs: this.deadlineMs - performance.now(),
      u1: Math.random(),
      u2: Math.random(),
    });
    try {
      this.#stream = sendValue(connection, head, this.#value, this);
    } catch (error) {
      this.#onNotSent(replica, error);
    }
  }

  #onNotSent(replica: PoolReplica, error: unknown): void {
    if (this.#replica !== replica || this.#router === undefined) return;
    this.#replica = undefined;
    const isOfReplica = error instanceof WireError && error.code !== "head_too_large";
    if (isOfReplica) return this.#onTryFailed(this.#router, replica, error);
    this.#router.abandon(replica);
    this.#fail(error);
  }

  #onTryFailed(router: PoolRouter, replica: PoolReplica, error: WireError): void {
    const outcome = outcomeOf(error);
    this.#attempts += 1;
    if (outcome === "taken") this.#deaths += 1;
    if (outcome === "above_goaway") {
      router.abandon(replica);
      this.#leaveAlone(replica);
    } else router.fail(replica, outcome === "taken" ? "lost" : "unreachable");
    if (this.#isOver) return;
    const decision = router.planRetry({
      outcome,
      attempts: this.#attempts,
      deaths: this.#deaths,
      method: "CALL",
      responseStarted: this.#answer.hasBegun,
    });
    if (!decision.retry) return this.#fail(lostReplica(this.#name, decision.reason, error));
    this.#exclude(replica.replicaId);
    router.wait(this);
  }

  /** The answer cannot be used: the far side need not go on. */
  #breakOff(why: unknown): void {
    this.#stream?.cancel(CancelCode.callerGone, "the answer cannot be used");
    this.#payBack(true);
    this.#fail(badAnswer(this.#name, why));
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#close();
    this.#answer.items?.fail(error);
    this.#outcome.onError(error);
  }

  #close(): void {
    this.#isOver = true;
    this.#stopWaiting?.();
    this.#stopListening?.();
    const context = this.#context;
    if (context === undefined) return;
    context.removeCall(this);
    context.countCall(this.#target.deployment, this.#target.method, performance.now() - this.#startedMs);
  }

  #takeReplica(): PoolReplica | undefined {
    const replica = this.#replica;
    this.#replica = undefined;
    this.#stream = undefined;
    return replica;
  }

  #payBack(isAnswered: boolean): void {
    const replica = this.#replica;
    this.#replica = undefined;
    if (replica !== undefined) this.#router?.release(replica, isAnswered);
  }

  #leaveAlone({ replicaId }: PoolReplica): void {
    this.#router?.markDown(replicaId, downMs);
    this.#exclude(replicaId);
  }

  #exclude(replicaId: string): void {
    this.excluded = new Set([...(this.excluded ?? []), replicaId]);
  }

  #listenTo(signal: AbortSignal): void {
    const abort = (): void => this.giveUp(signal.reason, "the caller's signal aborted");
    if (signal.aborted) return queueMicrotask(abort);
    signal.addEventListener("abort", abort, { once: true });
    this.#stopListening = () => signal.removeEventListener("abort", abort);
  }
}

function outcomeOf(error: WireError): TryOutcome {
  if (error.outcome === "taken") return "taken";
  if (error.code === "not_begun") return "never_begun";
  return error.code === "going_away" ? "above_goaway" : "never_written";
}
