import type { HeaderPairs, ResultHead, Trailers } from "@sluice/wire";
import { bodyLimitBytes } from "../serve/body-limit.ts";
import { errorOfRemote } from "./call-errors.ts";
import type { ErrorPlace } from "./call-errors.ts";
import { ResultStream } from "./result-stream.ts";
import type { StreamSource } from "./result-stream.ts";
import { BodyCollector } from "./values/body-collector.ts";
import { decodeValue } from "./values/value-codec.ts";

/** How an answer ended. Of items the stream tells the end itself. */
export type AnswerEnd =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "items" }
  | { readonly kind: "error"; readonly error: Error };

const noHeaders: HeaderPairs = Object.freeze([]);
const itemsEnd: AnswerEnd = Object.freeze({ kind: "items" });

/** What arrives of the answer of one call. Methods throw on bytes that are no answer. */
export class CallAnswer {
  readonly #source: StreamSource;
  #head: ResultHead | undefined;
  /** The body, as long as it is one piece and nothing more: the usual case. */
  #only: Buffer | undefined;
  #collector: BodyCollector | undefined;
  #items: ResultStream | undefined;

  constructor(source: StreamSource) {
    this.#source = source;
  }

  /** Its head has arrived: the far side has run, or runs, the call. */
  get hasBegun(): boolean {
    return this.#head !== undefined;
  }

  /** Of its head. */
  get headers(): HeaderPairs {
    return this.#head?.headers ?? noHeaders;
  }

  /** The stream, if anybody asked for one or the answer is one. */
  get items(): ResultStream | undefined {
    return this.#items;
  }

  /** The answer as a stream, also before it is known to be one. */
  stream(): ResultStream {
    this.#items ??= new ResultStream(this.#source, bodyLimitBytes);
    return this.#items;
  }

  /** True when items follow. */
  begin(head: ResultHead): boolean {
    this.#head = head;
    return head.shape === "items" && head.error === undefined;
  }

  /** A piece of the body, lent. False: it waits for the reader, who gives the credit back. */
  push(chunk: Buffer): boolean {
    const head = this.#head;
    if (head === undefined || chunk.length === 0) return true;
    if (head.shape === "items") {
      this.stream().push(chunk);
      return false;
    }
    if (this.#only === undefined && this.#collector === undefined && head.headers.length === 0) {
      this.#only = Buffer.from(chunk);
      return true;
    }
    this.#collector ??= this.#startCollector(head);
    this.#collector.push(chunk);
    return true;
  }

  /** The body has ended. `place`: where the error happened, if there is one. */
  finish(trailers: Trailers | undefined, place: ErrorPlace): AnswerEnd {
    const head = this.#head;
    if (head === undefined) throw new Error("it has no head");
    if (head.error !== undefined) return { kind: "error", error: errorOfRemote(head.error, head.headers, place) };
    if (trailers?.error !== undefined) {
      return { kind: "error", error: errorOfRemote(trailers.error, trailers.headers, place) };
    }
    if (head.shape === "items") {
      this.stream().finish();
      return itemsEnd;
    }
    return { kind: "value", value: this.#value(head) };
  }

  #value(head: ResultHead): unknown {
    if (this.#only !== undefined) return decodeValue(head.encoding, this.#only);
    if (this.#collector === undefined) return undefined;
    const { document, parts } = this.#collector.finish();
    return decodeValue(head.encoding, document, parts);
  }

  #startCollector(head: ResultHead): BodyCollector {
    const collector = new BodyCollector(head.headers, bodyLimitBytes);
    const first = this.#only;
    this.#only = undefined;
    if (first !== undefined) collector.push(first);
    return collector;
  }
}
