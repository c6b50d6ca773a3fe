import { expect, expectTypeOf, it } from "vitest";
import { batch, itemEnd, multiplexed } from "../index.ts";
import type { DeploymentHandle } from "../index.ts";

/** Every form a batched method may have, with what its callers see. */
class Model {
  readonly factor = 2;
  score = batch(async (texts: string[]) => texts.map((text) => text.length * this.factor), { maxBatchSize: 8 });
  pair = batch(async function (this: Model, left: number[], right: readonly number[]) {
    return left.map((value, at) => (value < 0 ? new Error("negative") : value * (right[at] ?? 0) * this.factor));
  });
  tokens = batch(async function* (prompts: string[]) {
    yield prompts.map((prompt) => (prompt === "" ? itemEnd : prompt));
  });
  measured = batch(async (texts: string[]) => texts, { batchSizeFn: (texts) => texts.join("").length });
  vectors = batch(async (rows: Float32Array[]) => Float32Array.from(rows, (row) => row[0] ?? 0));
  getModel = multiplexed(async (id: string) => ({ id, run: (x: number) => x }));

  reconfigure(): void {
    this.score.setMaxBatchSize(4);
    this.score.setBatchWaitTimeoutS(0.1);
  }
}

it("types: a batched method takes one item and answers one result, without the errors and ends of others", () => {
  const model = new Model();
  expectTypeOf(model.score).parameters.toEqualTypeOf<[string]>();
  expectTypeOf(model.score).returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf(model.pair).returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf(model.tokens).returns.toEqualTypeOf<AsyncGenerator<string, undefined, undefined>>();
  expectTypeOf(model.vectors).parameters.toEqualTypeOf<[Float32Array]>();
  expectTypeOf(model.vectors).returns.toEqualTypeOf<Promise<number>>();
  expectTypeOf(model.getModel).returns.resolves.toHaveProperty("run");
  expect(() => {
    // @ts-expect-error a number is no text
    void model.score(1).catch(() => undefined);
    // @ts-expect-error a single item is given, not an array
    void model.score(["a"]).catch(() => undefined);
    // @ts-expect-error one argument is missing
    void model.pair(1).catch(() => undefined);
  }).not.toThrow();
});

it("types: handles offer batched methods like any other", () => {
  type Handle = DeploymentHandle<Model>;
  expectTypeOf<ReturnType<Handle["score"]>>().toEqualTypeOf<Promise<number>>();
  expectTypeOf<ReturnType<Handle["pair"]>>().toEqualTypeOf<Promise<number>>();
  expectTypeOf<ReturnType<Handle["tokens"]>>().toEqualTypeOf<AsyncIterable<string>>();
  expectTypeOf<Parameters<Handle["score"]>[0]>().toEqualTypeOf<string | PromiseLike<string>>();
});
