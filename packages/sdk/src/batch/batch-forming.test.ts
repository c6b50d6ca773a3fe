/** Rows "forming" of the table in README.md: when a batch is released, and of what. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gate, testRequest } from "../../test/requests.ts";
import { batch } from "./batch.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A batched function that remembers what it was given. */
function recorder(options: Parameters<typeof batch>[1] = {}) {
  const batches: number[][] = [];
  const double = batch(async (items: number[]) => {
    batches.push(items);
    return items.map((item) => item * 2);
  }, options);
  return { batches, double };
}

it("defaults: 10 items, 0.01 s, 1 batch at a time", async () => {
  const { batches, double } = recorder();
  const eleven = Array.from({ length: 11 }, (_, item) => double(item));
  await vi.advanceTimersByTimeAsync(9);
  expect(batches.map((items) => items.length)).toEqual([10]);
  await vi.advanceTimersByTimeAsync(1);
  expect(batches.map((items) => items.length)).toEqual([10, 1]);
  expect(await Promise.all(eleven)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
});

it.each([
  [{ maxBatchSize: 0 }, /maxBatchSize/],
  [{ maxBatchSize: 2.5 }, /maxBatchSize/],
  [{ batchWaitTimeoutS: -1 }, /batchWaitTimeoutS/],
  [{ maxConcurrentBatches: 0 }, /maxConcurrentBatches/],
  [{ targetP99Ms: 0 }, /targetP99Ms/],
])("invalid options are refused by name: %o", (options, name) => {
  expect(() => recorder(options)).toThrow(name);
});

it("a full batch is released at once, without waiting for the timeout", async () => {
  const { batches, double } = recorder({ maxBatchSize: 3, batchWaitTimeoutS: 60 });
  await Promise.all([double(1), double(2), double(3)]);
  expect(batches).toEqual([[1, 2, 3]]);
});

it("the timeout counts from the first item of the batch", async () => {
  const { batches, double } = recorder({ maxBatchSize: 10, batchWaitTimeoutS: 0.05 });
  void double(1);
  await vi.advanceTimersByTimeAsync(40);
  void double(2);
  expect(batches).toEqual([]);
  await vi.advanceTimersByTimeAsync(10);
  expect(batches).toEqual([[1, 2]]);
});

it("timeout 0 never waits, and takes what came in the same turn", async () => {
  const { batches, double } = recorder({ batchWaitTimeoutS: 0 });
  void double(1);
  void double(2);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toEqual([[1, 2]]);
});

it("items are taken first in, first out", async () => {
  const { batches, double } = recorder({ maxBatchSize: 2 });
  await Promise.all([5, 3, 9, 1].map((item) => double(item)));
  expect(batches).toEqual([
    [5, 3],
    [9, 1],
  ]);
});

it("maxConcurrentBatches: so many run at a time, never more", async () => {
  const { opened, open } = gate();
  let running = 0;
  let most = 0;
  const work = batch(
    async (items: number[]) => {
      most = Math.max(most, (running += 1));
      await opened;
      running -= 1;
      return items;
    },
    { maxBatchSize: 1, maxConcurrentBatches: 2 },
  );
  const all = [1, 2, 3, 4, 5].map((item) => work(item));
  await vi.advanceTimersByTimeAsync(100);
  expect(running).toBe(2);
  open();
  await Promise.all(all);
  expect(most).toBe(2);
});

it("a batch goes on filling while no other may start, also after its timeout", async () => {
  const { opened, open } = gate();
  const batches: number[][] = [];
  const work = batch(
    async (items: number[]) => {
      batches.push(items);
      if (batches.length === 1) await opened;
      return items;
    },
    { maxBatchSize: 4, batchWaitTimeoutS: 0.01 },
  );
  const all = [work(0)];
  await vi.advanceTimersByTimeAsync(10);
  for (const item of [1, 2, 3]) {
    all.push(work(item));
    await vi.advanceTimersByTimeAsync(20);
  }
  open();
  await vi.advanceTimersByTimeAsync(0);
  await Promise.all(all);
  expect(batches).toEqual([[0], [1, 2, 3]]);
});

it("setters: setMaxBatchSize and setBatchWaitTimeoutS have effect on what waits already", async () => {
  const { batches, double } = recorder({ maxBatchSize: 10, batchWaitTimeoutS: 60 });
  void double(1);
  void double(2);
  double.setMaxBatchSize(2);
  await vi.advanceTimersByTimeAsync(0);
  void double(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(batches).toEqual([[1, 2]]);
  double.setBatchWaitTimeoutS(0.5);
  await vi.advanceTimersByTimeAsync(0);
  expect(batches).toEqual([[1, 2], [3]]);
  expect(() => double.setMaxBatchSize(0)).toThrow(/maxBatchSize/);
});

it("model ids: a batch holds items of one model only, each fills on its own", async () => {
  const { batches, double } = recorder({ maxBatchSize: 2, batchWaitTimeoutS: 0.05 });
  const [a, b] = [testRequest({ multiplexedModelId: "a" }), testRequest({ multiplexedModelId: "b" })];
  const all = [a.run(() => double(1)), b.run(() => double(10)), a.run(() => double(2)), b.run(() => double(20))];
  expect(await Promise.all(all)).toEqual([2, 20, 4, 40]);
  expect(batches).toEqual([
    [1, 2],
    [10, 20],
  ]);
});
