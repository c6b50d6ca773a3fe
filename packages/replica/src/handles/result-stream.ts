import { Encoding, ItemReader } from "@sluice/wire";
import { decodeValue } from "./values/value-codec.ts";

/** What a stream needs of the call it belongs to. */
export interface StreamSource {
  /** The reader took items: their bytes may be sent again. */
  onConsumed(bytes: number): void;
  /** Nobody reads on: the far side stops. */
  onReturn(): void;
}

type Step = IteratorResult<unknown, undefined>;

interface Waiter {
  readonly resolve: (step: Step) => void;
  readonly reject: (error: unknown) => void;
}

interface Item {
  readonly bytes: Buffer;
  /** Credit that is given back when somebody takes the item. */
  readonly credit: number;
}

const done: Step = Object.freeze({ done: true, value: undefined });

/**
 * The items of a streamed answer. Unread items hold the sender's credit, so that a slow reader never grows memory; the
 * items that came before an error are read before it. Ends early by `return()`, which is what leaving a loop calls.
 */
export class ResultStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #source: StreamSource;
  readonly #reader: ItemReader;
  #items: Item[] = [];
  #at = 0;
  #waiters: Waiter[] = [];
  #end: { readonly error: unknown } | "done" | undefined;
  #isTouched = false;

  constructor(source: StreamSource, itemLimitBytes: number) {
    this.#source = source;
    this.#reader = new ItemReader(itemLimitBytes);
  }

  /** Somebody reads, or did. */
  get isTouched(): boolean {
    return this.#isTouched;
  }

  [Symbol.asyncIterator](): this {
    this.#isTouched = true;
    return this;
  }

  /** Bytes of the answer. Throws when they are no items. */
  push(chunk: Buffer): void {
    const items = this.#reader.push(chunk);
    // Bytes of an item that is not complete are credited at once: an item may be larger than the window.
    let owed = chunk.length;
    for (const bytes of items) {
      const credit = Math.min(owed, bytes.length + 4);
      owed -= credit;
      this.#items.push({ bytes, credit });
    }
    if (owed > 0) this.#source.onConsumed(owed);
    this.#serve();
  }

  /** The whole answer was one value: a stream of one item. */
  pushValue(value: unknown): void {
    const waiter = this.#waiters.shift();
    this.#end = "done";
    if (waiter === undefined) this.#single = { value };
    else waiter.resolve({ done: false, value });
    this.#settleWaiters();
  }

  /** No more items come. */
  finish(): void {
    this.#reader.end();
    this.#end ??= "done";
    this.#serve();
  }

  /** No more items come, and this is why. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#serve();
  }

  async next(): Promise<Step> {
    this.#isTouched = true;
    const item = this.#take();
    if (item !== undefined) return { done: false, value: decodeValue(Encoding.msgpack, item.bytes) };
    if (this.#single !== undefined) {
      const { value } = this.#single;
      this.#single = undefined;
      return { done: false, value };
    }
    if (this.#end !== undefined) return this.#lastStep();
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  async return(): Promise<Step> {
    this.#isTouched = true;
    const wasOpen = this.#end === undefined;
    this.#end = "done";
    this.#items = [];
    this.#at = 0;
    this.#single = undefined;
    this.#settleWaiters();
    if (wasOpen) this.#source.onReturn();
    return done;
  }

  async throw(error: unknown): Promise<Step> {
    await this.return();
    throw error;
  }

  #single: { readonly value: unknown } | undefined;

  #take(): Item | undefined {
    const item = this.#items[this.#at];
    if (item === undefined) return undefined;
    this.#at += 1;
    if (this.#at === this.#items.length) {
      this.#items = [];
      this.#at = 0;
    }
    if (item.credit > 0) this.#source.onConsumed(item.credit);
    return item;
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const item = this.#take();
      if (item === undefined) break;
      this.#deliver(this.#waiters.shift(), item);
    }
    if (this.#end !== undefined && this.#items.length === 0) this.#settleWaiters();
  }

  #deliver(waiter: Waiter | undefined, item: Item): void {
    try {
      waiter?.resolve({ done: false, value: decodeValue(Encoding.msgpack, item.bytes) });
    } catch (error) {
      waiter?.reject(error);
    }
  }

  #settleWaiters(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { resolve, reject } of waiters) this.#lastStep().then(resolve, reject);
  }

  /** An error is told once; after it the stream is done. */
  async #lastStep(): Promise<Step> {
    const end = this.#end;
    if (end === undefined || end === "done") return done;
    this.#end = "done";
    throw end.error;
  }
}
