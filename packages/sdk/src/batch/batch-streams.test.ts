/** Rows "streams" of the table in README.md: batched async generators. */
import { expect, expectTypeOf, it } from "vitest";
import { gate, testRequest } from "../../test/requests.ts";
import { batch } from "./batch.ts";
import { itemEnd } from "./item-end.ts";

const now = { batchWaitTimeoutS: 0 };

async function collect<T>(stream: AsyncIterable<T>): Promise<{ parts: T[]; error?: unknown }> {
  const parts: T[] = [];
  try {
    for await (const part of stream) parts.push(part);
    return { parts };
  } catch (error) {
    return { parts, error };
  }
}

it("each caller iterates its own results; itemEnd ends one while the others go on", async () => {
  let batches = 0;
  const count = batch(async function* (limits: number[]) {
    batches += 1;
    for (let at = 0; at < Math.max(...limits); at += 1) yield limits.map((limit) => (at < limit ? at : itemEnd));
  }, now);
  expectTypeOf(count).returns.toEqualTypeOf<AsyncGenerator<number, undefined, undefined>>();
  const streams = await Promise.all([2, 0, 3].map((limit) => collect(count(limit))));
  expect(streams.map(({ parts }) => parts)).toEqual([[0, 1], [], [0, 1, 2]]);
  expect(batches).toBe(1);
});

it("what a place yields after its itemEnd is ignored, and the generator is stopped when all have ended", async () => {
  let pulled = 0;
  let isClosed = false;
  const count = batch(async function* (items: number[]) {
    try {
      for (;;) {
        pulled += 1;
        yield items.map((item) => (pulled === item ? itemEnd : pulled));
      }
    } finally {
      isClosed = true;
    }
  }, now);
  const streams = await Promise.all([1, 3].map((item) => collect(count(item))));
  expect(streams.map(({ parts }) => parts)).toEqual([[], [1, 2]]);
  expect([pulled, isClosed]).toEqual([3, true]);
});

it("an Error in a place fails that caller only", async () => {
  const count = batch(async function* (items: number[]) {
    yield items;
    yield items.map((item) => (item === 2 ? new Error("bad item") : item * 10));
    yield items.map((item) => item * 100);
  }, now);
  expect(await Promise.all([1, 2, 3].map((item) => collect(count(item))))).toMatchObject([
    { parts: [1, 10, 100] },
    { parts: [2], error: { message: "bad item" } },
    { parts: [3, 30, 300] },
  ]);
});

it("a throw fails those who are not done, after what they got; who has ended is done", async () => {
  const count = batch(async function* (items: number[]) {
    yield items;
    yield items.map((item) => (item === 1 ? itemEnd : item));
    throw new Error("kaboom");
  }, now);
  expect(await Promise.all([1, 2].map((item) => collect(count(item))))).toMatchObject([
    { parts: [1] },
    { parts: [2, 2], error: { message: "kaboom" } },
  ]);
});

it("a yield of the wrong length is a clear error to every caller", async () => {
  const count = batch(async function* (_items: number[]) {
    yield [1, 2, 3];
  }, now);
  const [one, two] = await Promise.all([1, 2].map((item) => collect(count(item))));
  expect(String(one?.error)).toMatch(/given a batch of 2 and answered 3 results/);
  expect(two?.error).toBe(one?.error);
});

it("a caller that leaves does not hold its neighbours; when all have left the generator is stopped", async () => {
  const { opened, open } = gate();
  let isClosed = false;
  const count = batch(async function* (items: number[]) {
    try {
      for (let round = 0; ; round += 1) {
        if (round === 2) await opened;
        yield items.map(() => round);
      }
    } finally {
      isClosed = true;
    }
  }, now);
  const gone = testRequest();
  const [left, right] = [gone.run(() => count(1)), count(2)];
  expect(await left.next()).toEqual({ done: false, value: 0 });
  gone.abort();
  await expect(collect(left)).resolves.toMatchObject({ error: { name: "AbortError" } });
  open();
  const seen: number[] = [];
  for await (const part of right) {
    seen.push(part);
    if (part === 500) break;
  }
  expect(seen.length).toBe(501);
  await expect.poll(() => isClosed).toBe(true);
});

it("a reader that is far behind holds the generator: memory is bounded", async () => {
  let pulled = 0;
  const count = batch(async function* (items: number[]) {
    for (; pulled < 10_000; pulled += 1) yield items.map(() => pulled);
  }, now);
  const [fast, slow] = [count(1), count(2)];
  const all = collect(fast);
  await expect.poll(() => pulled).toBeGreaterThan(250);
  for (let round = 0; round < 100; round += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(pulled).toBeLessThan(260);
  expect((await collect(slow)).parts.length).toBe(10_000);
  expect((await all).parts.length).toBe(10_000);
});
