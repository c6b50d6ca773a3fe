/**
 * The promise of a call's answer, which can be iterated as well: the caller need not know beforehand whether the method
 * streams. Awaited, a streamed answer gives the stream.
 */
export class ResultPromise extends Promise<unknown> implements AsyncIterable<unknown> {
  /** Set right after construction; `Promise` calls constructors of subclasses without further arguments. */
  streamOf: (() => AsyncIterator<unknown>) | undefined;

  // `then`, `catch` and `finally` make plain promises.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    if (this.streamOf === undefined) throw new TypeError("This promise is not that of a call.");
    return this.streamOf();
  }
}

// `await` hands on a promise whose constructor is Promise as it is; any other is wrapped in two more.
void Object.defineProperty(ResultPromise.prototype, "constructor", { value: Promise });
