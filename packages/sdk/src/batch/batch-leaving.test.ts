/** Rows "leaving" and "size" of the table in README.md: items that go before they run, and items that are measured. */
import { expect, it } from "vitest";
import { gate, testRequest } from "../../test/requests.ts";
import { runInRequest } from "../host.ts";
import { getRequestContext } from "../index.ts";
import { batch } from "./batch.ts";

/** A function whose first batch blocks, so that what comes next waits. */
function blocked(options: Parameters<typeof batch>[1] = {}) {
  const { opened, open } = gate();
  const batches: number[][] = [];
  const work = batch(
    async (items: number[]) => {
      batches.push(items);
      if (batches.length === 1) await opened;
      return items;
    },
    { batchWaitTimeoutS: 0, ...options },
  );
  return { batches, work, open };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("cancelled before its batch was formed: it leaves the queue, and its caller knows at once", async () => {
  const { batches, work, open } = blocked();
  const first = work(0);
  await turn();
  const [stays, leaves] = [testRequest(), testRequest()];
  const answers = [leaves.run(() => work(1)), stays.run(() => work(2))] as const;
  leaves.abort();
  await expect(answers[0]).rejects.toMatchObject({ name: "AbortError" });
  open();
  expect(await Promise.all([first, answers[1]])).toEqual([0, 2]);
  expect(batches).toEqual([[0], [2]]);
});

it("cancelled while its batch runs: the result is dropped, the neighbours are answered", async () => {
  const { batches, work, open } = blocked();
  const [stays, leaves] = [testRequest(), testRequest()];
  const answers = [leaves.run(() => work(1)), stays.run(() => work(2))] as const;
  await turn();
  expect(batches).toEqual([[1, 2]]);
  leaves.abort();
  await expect(answers[0]).rejects.toMatchObject({ name: "AbortError" });
  open();
  expect(await answers[1]).toBe(2);
});

it("cancelled before it called: it never enters the queue", async () => {
  const { batches, work } = blocked();
  const gone = testRequest();
  gone.abort();
  await expect(gone.run(() => work(1))).rejects.toMatchObject({ name: "AbortError" });
  expect(batches).toEqual([]);
});

it("everybody cancelled while the batch runs: the batch's own signal aborts", async () => {
  const aborted: unknown[] = [];
  const { opened, open } = gate();
  const requests = [testRequest(), testRequest()];
  const work = batch(
    async (items: number[]) => {
      getRequestContext()?.signal.addEventListener("abort", () => aborted.push(items));
      await opened;
      return items;
    },
    { batchWaitTimeoutS: 0 },
  );
  const answers = Promise.allSettled(requests.map((request, item) => request.run(() => work(item))));
  await turn();
  requests[0]?.abort();
  expect(aborted).toEqual([]);
  requests[1]?.abort();
  expect(aborted).toEqual([[0, 1]]);
  open();
  await answers;
});

it("deadline passed before its batch was formed: it does not run", async () => {
  const { batches, work, open } = blocked();
  const first = work(0);
  await turn();
  const late = testRequest({ deadlineAtMs: performance.now() + 1 });
  const answers = [late.run(() => work(1)), testRequest().run(() => work(2))] as const;
  while (performance.now() <= late.deadlineAtMs) await turn();
  open();
  await expect(answers[0]).rejects.toMatchObject({ name: "TimeoutError" });
  expect(await Promise.all([first, answers[1]])).toEqual([0, 2]);
  expect(batches).toEqual([[0], [2]]);
});

it("batchSizeFn: maxBatchSize limits its measure; an item that does not fit is the first of the next batch", async () => {
  const { batches, work } = blocked({
    maxBatchSize: 10,
    maxConcurrentBatches: 5,
    batchSizeFn: (items) => (items as readonly number[]).reduce((sum, item) => sum + item, 0),
  });
  void [4, 5, 3, 2, 1].map((item) => work(item));
  await turn();
  expect(batches).toEqual([
    [4, 5],
    [3, 2, 1],
  ]);
});

it("batchSizeFn: an item that alone is larger is its caller's error, its neighbours run", async () => {
  const { batches, work, open } = blocked({
    maxBatchSize: 10,
    batchSizeFn: (items) => Math.max(...(items as number[])),
  });
  open();
  const answers = await Promise.allSettled([work(3), work(11), work(4)]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(String((answers[1] as PromiseRejectedResult).reason)).toMatch(
    /alone is larger than maxBatchSize 10 of work|batch/,
  );
  expect(batches).toEqual([[3, 4]]);
});

it("batchSizeFn that fails is an error of the item it fails on, and ends no process", async () => {
  const { batches, work, open } = blocked({
    batchSizeFn: (items) => {
      if (items.includes(2)) throw new Error("cannot measure 2");
      return items.includes(3) && items.length > 1 ? Number.NaN : items.length;
    },
  });
  open();
  const answers = await Promise.allSettled([work(1), work(2), work(3)]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(batches).toEqual([[1], [3]]);
});

it("a call listens to its request no longer than it takes", async () => {
  const { work, open } = blocked({ maxBatchSize: 100 });
  open();
  const request = testRequest();
  const answers = request.run(() => Promise.all(Array.from({ length: 500 }, (_, item) => work(item))));
  expect(request.listeners()).toBe(500);
  await answers;
  await turn();
  expect(request.listeners()).toBe(0);
});

it("cancelled in a place that has only a signal: it leaves the queue as well", async () => {
  const { batches, work } = blocked({ batchWaitTimeoutS: 60 });
  const controller = new AbortController();
  const { signal } = controller;
  const plain = {
    requestId: "r",
    traceparent: "",
    deadlineAtMs: Infinity,
    signal,
    multiplexedModelId: "",
    timings: {},
  };
  const waiting = runInRequest(plain, () => work(1));
  controller.abort(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  await turn();
  expect(batches).toEqual([]);
});
