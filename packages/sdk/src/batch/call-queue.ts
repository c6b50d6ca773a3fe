import { currentRequest } from "../context/current-request.ts";
import { runWithRequest } from "../context/run-with-request.ts";
import { listenToGone } from "../context/listen-to-gone.ts";
import { plainCall, streamCall } from "./batch-call.ts";
import type { BatchCall, StreamCall } from "./batch-call.ts";
import { batchObserver } from "./batch-observer.ts";
import type { ObservedQueue } from "./batch-observer.ts";
import { nodeBatchPorts } from "./batch-ports.ts";
import { BatchQueue } from "./batch-queue.ts";
import type { DropReason, Ticket } from "./batch-queue-options.ts";
import type { BatchFacts } from "./batch-report.ts";
import type { BatchSettings } from "./batch-settings.ts";
import { joinRequests } from "./join-requests.ts";
import { runPlain, runStreaming } from "./run-batch.ts";
import type { BatchTarget } from "./run-batch.ts";
import { errorOf } from "./settle-results.ts";

export interface CallQueueOptions {
  readonly target: BatchTarget;
  readonly settings: BatchSettings;
  readonly isStreaming: boolean;
  /** Measure of the first arguments of some calls; 1 each without it. */
  readonly sizeOf: ((items: readonly unknown[]) => number) | undefined;
}

/** The calls of one batched function on one instance: takes them in with their request, runs them in batches. */
export class CallQueue {
  readonly #options: CallQueueOptions;
  readonly #queue: BatchQueue<BatchCall>;
  #roomListeners: (() => void)[] = [];

  constructor(options: CallQueueOptions) {
    this.#options = options;
    const { target, settings, sizeOf } = options;
    const observed: ObservedQueue = { name: target.name, settings, waiting: () => this.#queue.waiting };
    this.#queue = new BatchQueue<BatchCall>({
      settings,
      ports: nodeBatchPorts,
      run: (calls, facts) => this.#run(calls, facts),
      drop: (call, why) => {
        call.stopListening?.();
        call.fail(this.#dropError(why));
      },
      onBatch: (report) => batchObserver()?.onBatch(observed, report),
      ...(sizeOf === undefined ? {} : { sizeOf: (calls) => sizeOf(calls.map(({ args }) => args[0])) }),
    });
    batchObserver()?.onQueue(observed);
  }

  get isIdle(): boolean {
    return this.#queue.waiting === 0 && this.#queue.running === 0;
  }

  /** The settings changed. */
  wake(): void {
    this.#queue.wake();
  }

  /** A promise of the answer, or the stream of answers. */
  add(args: readonly unknown[]): unknown {
    const request = currentRequest();
    if (this.#options.isStreaming) {
      const call = streamCall(args, request, () => this.#tellRoom());
      this.#admit(call);
      return call.channel;
    }
    const { call, answer } = plainCall(args, request);
    this.#admit(call);
    return answer;
  }

  /** A caller that goes away leaves the queue at once; what already runs for it goes on without being waited for. */
  #admit(call: BatchCall): void {
    const { request } = call;
    let ticket: Ticket | undefined;
    if (request !== undefined) {
      call.stopListening = listenToGone(request, (reason) => {
        ticket?.withdraw();
        if (!call.isSettled()) call.fail(reason);
        this.#tellRoom();
      });
    }
    if (!call.isSettled()) ticket = this.#enqueue(call);
    if (call.isSettled()) call.stopListening?.();
  }

  /** A measure that fails on an item is that caller's error. */
  #enqueue(call: BatchCall): Ticket | undefined {
    const { request } = call;
    // A batch belongs to one model and to one revision: the calls it makes stay in that.
    const group = request === undefined ? "" : `${request.revision ?? ""}/${request.multiplexedModelId}`;
    try {
      return this.#queue.add(call, { group, deadlineAtMs: request?.deadlineAtMs ?? Infinity });
    } catch (error) {
      call.fail(errorOf(error));
      return undefined;
    }
  }

  async #run(calls: readonly BatchCall[], facts: BatchFacts): Promise<void> {
    const { target, isStreaming } = this.#options;
    for (const [at, { request }] of calls.entries()) {
      const timings = request?.timings;
      if (timings === undefined) continue;
      timings.batchWaitMs = (timings.batchWaitMs ?? 0) + (facts.waitsMs[at] ?? 0);
      Object.assign(timings, { batchSize: facts.size, batchLimit: facts.limit, batchReason: facts.reason });
    }
    const startedMs = nodeBatchPorts.now();
    const { request, end } = joinRequests(calls.map((call) => call.request));
    try {
      await runWithRequest(request, () =>
        isStreaming
          ? runStreaming(target, calls as readonly StreamCall[], () => this.#room())
          : runPlain(target, calls),
      );
    } finally {
      end();
      const tookMs = nodeBatchPorts.now() - startedMs;
      for (const call of calls) {
        call.stopListening?.();
        const timings = call.request?.timings;
        if (timings !== undefined) timings.modelMs = (timings.modelMs ?? 0) + tookMs;
      }
    }
  }

  #dropError(why: DropReason): Error {
    const { target, settings } = this.#options;
    return why === "expired"
      ? new DOMException(`The deadline passed while the item waited for a batch of ${target.name}.`, "TimeoutError")
      : new RangeError(`This item alone is larger than maxBatchSize ${settings.maxBatchSize} of ${target.name}.`);
  }

  #room(): Promise<void> {
    return new Promise((resolve) => this.#roomListeners.push(resolve));
  }

  #tellRoom(): void {
    for (const listener of this.#roomListeners.splice(0)) listener();
  }
}
