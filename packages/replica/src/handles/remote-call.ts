import { CancelCode } from "@sluice/wire";
import type { AnswerEvents, ClientConnection, ClientStream, ResponseHead, Trailers } from "@sluice/wire";
import { badAnswer, callerGone } from "./call-errors.ts";
import { callHeadOf } from "./call-head-of.ts";
import type { ResultStream } from "./result-stream.ts";
import { RoutedCall } from "./routed-call.ts";
import { sendValue } from "./send-value.ts";
import { encodeArguments } from "./values/value-codec.ts";
import type { EncodedValue } from "./values/value-codec.ts";

/** One call to another deployment, as the caller's code has it: arguments out, a value or a stream of items back. */
export class RemoteCall extends RoutedCall implements AnswerEvents {
  #value: EncodedValue | undefined;
  #stream: ClientStream | undefined;

  /** Sends the arguments, of which none is a promise any more. */
  start(args: readonly unknown[]): void {
    if (this.isOver) return;
    if (this.context?.isGone === true) return this.fail(callerGone());
    try {
      this.#value = encodeArguments(args);
    } catch (error) {
      return this.fail(error);
    }
    this.findPool();
  }

  /** The stream of the answer, also before there is one. */
  stream(): ResultStream {
    return this.answer.stream();
  }

  override giveUp(error: unknown, text: string): void {
    if (this.isOver) return;
    this.router?.cancel(this);
    this.#stream?.cancel(CancelCode.callerGone, text);
    this.payBack(false);
    this.fail(error);
  }

  override onConsumed(bytes: number): void {
    this.#stream?.consumed(bytes);
  }

  onHead(head: ResponseHead, inlineBody: Buffer): void {
    if (this.isOver) return;
    if (this.replica !== undefined) this.router?.heardFrom(this.replica);
    if (head.kind !== "call") return this.#breakOff("it was an HTTP answer");
    if (this.answer.begin(head)) this.outcome.onItems(this.answer.stream());
    this.onData(inlineBody);
  }

  onData(chunk: Buffer): boolean {
    if (this.isOver) return true;
    try {
      return this.answer.push(chunk);
    } catch (error) {
      this.#breakOff(error);
      return true;
    }
  }

  onEnd(trailers: Trailers | undefined): void {
    if (this.isOver) return;
    const place = { deployment: this.target.deployment, replicaId: this.replica?.replicaId ?? "unknown" };
    this.payBack(true);
    try {
      const end = this.answer.finish(trailers, place);
      if (end.kind === "error") return this.fail(end.error);
      this.close();
      if (end.kind === "items") return;
      this.answer.items?.pushValue(end.value);
      this.outcome.onValue(end.value);
    } catch (error) {
      this.fail(badAnswer(this.name, error));
    }
  }

  protected override send(connection: ClientConnection): void {
    const value = this.#value;
    if (value === undefined) return;
    const head = callHeadOf({
      launch: this.host.launch,
      target: this.target,
      revision: this.revision,
      modelId: this.modelId,
      value,
      incoming: this.context?.request.head,
      attempt: this.attempts,
      leftMs: this.deadlineMs - performance.now(),
      random: Math.random,
    });
    this.#stream = sendValue(connection, head, value, this);
  }

  protected override forgetTry(): void {
    this.#stream = undefined;
  }

  /** The answer cannot be used: the far side need not go on. */
  #breakOff(why: unknown): void {
    this.#stream?.cancel(CancelCode.callerGone, "the answer cannot be used");
    this.payBack(true);
    this.fail(badAnswer(this.name, why));
  }
}
