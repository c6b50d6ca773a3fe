/** Rows "results" of the table in README.md: who is answered what. */
import { expect, expectTypeOf, it } from "vitest";
import { testRequest } from "../../test/requests.ts";
import { getMultiplexedModelId, getRequestContext } from "../index.ts";
import { batch } from "./batch.ts";

const now = { batchWaitTimeoutS: 0 };
const three = [1, 2, 3];

it("several arguments arrive column by column", async () => {
  const seen: unknown[] = [];
  const join = batch(async (texts: string[], weights: number[], labels: (string | undefined)[]) => {
    seen.push([texts, weights, labels]);
    return texts.map((text, at) => `${text}*${weights[at]}`);
  }, now);
  expect(await Promise.all([join("a", 1, "x"), join("b", 2, undefined)])).toEqual(["a*1", "b*2"]);
  expect(seen).toEqual([
    [
      ["a", "b"],
      [1, 2],
      ["x", undefined],
    ],
  ]);
  expectTypeOf(join).parameters.toEqualTypeOf<[string, number, string | undefined]>();
  expectTypeOf(join).returns.toEqualTypeOf<Promise<string>>();
});

it("methods: this is the instance, and each instance batches on its own", async () => {
  class Model {
    readonly batches: number[][] = [];
    readonly factor: number;
    constructor(factor: number) {
      this.factor = factor;
    }
    field = batch(async (items: number[]) => this.#run(items), now);
    declared = batch(async function (this: Model, items: number[]) {
      return this.#run(items);
    }, now);
    #run(items: number[]): number[] {
      this.batches.push(items);
      return items.map((item) => item * this.factor);
    }
  }
  const [two, ten] = [new Model(2), new Model(10)];
  expect(await Promise.all([two.field(1), ten.field(1), two.field(2)])).toEqual([2, 10, 4]);
  expect(await Promise.all([two.declared(3), ten.declared(3)])).toEqual([6, 30]);
  expect(two.batches).toEqual([[1, 2], [3]]);
  expect(ten.batches).toEqual([[1], [3]]);
});

it("a function shared by a prototype has one queue per instance", async () => {
  const batches: [object, number[]][] = [];
  const shared = batch(async function (this: object, items: number[]) {
    batches.push([this, items]);
    return items;
  }, now);
  const [one, other] = [{ shared }, { shared }];
  await Promise.all([one.shared(1), other.shared(2), one.shared(3)]);
  expect(batches).toEqual([
    [one, [1, 3]],
    [other, [2]],
  ]);
});

it("plain functions and synchronous ones are batched, too; typed arrays are results like others", async () => {
  const mean = batch((items: number[]) => Float32Array.from(items, (item) => item / 2), now);
  expect(await Promise.all([mean(1), mean(2)])).toEqual([0.5, 1]);
});

it.each([
  ["fewer", [1, 2]],
  ["more", [1, 2, 3, 4]],
])("wrong number of results, %s: a clear error to every caller", async (_, results) => {
  const work = batch(async (_items: number[]) => results, now);
  for (const answer of await Promise.allSettled(three.map((item) => work(item)))) {
    expect(answer).toMatchObject({ status: "rejected", reason: { name: "RangeError" } });
    expect(String((answer as PromiseRejectedResult).reason)).toMatch(/given a batch of 3 and answered [24] results/);
  }
});

it.each([
  ["a string", "abc"],
  ["an object", { length: 3 }],
  ["null", null],
])("results that are no array (%s) are a clear error to every caller", async (_, results) => {
  const work = batch(async (_items: number[]) => results as unknown as number[], now);
  await expect(work(1)).rejects.toThrow(/must answer an array with one result per item/);
});

it("a throw fails all of its batch with the same error, and only that batch", async () => {
  const kaboom = new Error("kaboom");
  const work = batch(
    async (items: number[]) => {
      if (items.includes(2)) throw kaboom;
      return items;
    },
    { ...now, maxBatchSize: 3 },
  );
  const answers = await Promise.allSettled([1, 2, 3, 4].map((item) => work(item)));
  for (const answer of answers.slice(0, 3)) expect((answer as PromiseRejectedResult).reason).toBe(kaboom);
  expect(answers[3]).toEqual({ status: "fulfilled", value: 4 });
});

it("an Error among the results fails its own item only", async () => {
  const root = batch(
    async (items: number[]) => items.map((item) => (item < 0 ? new RangeError(`negative: ${item}`) : Math.sqrt(item))),
    now,
  );
  expectTypeOf(root).returns.toEqualTypeOf<Promise<number>>();
  const answers = await Promise.allSettled([root(4), root(-1), root(9)]);
  expect(answers).toMatchObject([
    { value: 2 },
    { reason: { message: "negative: -1", name: "RangeError" } },
    { value: 3 },
  ]);
});

it("request context: a batch runs with the model id of its items, and with no request when they had none", async () => {
  const seen: unknown[] = [];
  const work = batch(async (items: number[]) => {
    seen.push([getMultiplexedModelId(), getRequestContext()?.deadlineAtMs]);
    return items;
  }, now);
  const first = testRequest({ multiplexedModelId: "m", deadlineAtMs: performance.now() + 1e6 });
  const later = testRequest({ multiplexedModelId: "m", deadlineAtMs: performance.now() + 2e6 });
  await Promise.all([first.run(() => work(1)), later.run(() => work(2))]);
  await first.run(() => testRequest().run(() => work(3)));
  await work(4);
  expect(seen).toEqual([
    ["m", later.deadlineAtMs],
    ["", Infinity],
    ["", undefined],
  ]);
});

it("timings: each request is told how long it waited, the size of its batch, and why it was released", async () => {
  const work = batch(async (items: number[]) => items, { maxBatchSize: 2 });
  const [one, two] = [testRequest(), testRequest()];
  await Promise.all([one.run(() => work(1)), two.run(() => work(2))]);
  for (const { timings } of [one, two])
    expect(timings).toMatchObject({ batchSize: 2, batchLimit: 2, batchReason: "full" });
  expect(one.timings.batchWaitMs).toBeGreaterThanOrEqual(two.timings.batchWaitMs ?? Infinity);
  expect(one.timings.modelMs).toBeGreaterThanOrEqual(0);
});
