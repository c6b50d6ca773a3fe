/** Batches through a real model in its thread: what comes back is what each request would have got alone. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { encodeModel } from "../../../test/models/onnx-file.ts";
import type { ModelSpec } from "../../../test/models/onnx-file.ts";
import { identityModel, mlpModel } from "../../../test/models/sample-models.ts";
import { InferenceThread } from "../inference-thread.ts";
import { bytesOf, valuesOf } from "../tensor.ts";
import type { NumericDatatype, Tensor } from "../tensor.ts";
import { ModelQueue } from "./model-queue.ts";
import type { ModelQueueOptions } from "./model-queue.ts";
import type { Asker } from "./run-requests.ts";
import { findBatchAxis } from "./trial-runs.ts";

const folder = await mkdtemp(path.join(tmpdir(), "sluice-batching-"));
const threads: InferenceThread[] = [];
const anybody: Asker = { isWanted: () => true, timings: undefined };

afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.stop();
});
afterAll(() => rm(folder, { recursive: true }));

async function open(model: Buffer): Promise<InferenceThread> {
  const modelPath = path.join(folder, `${threads.length}-${model.length}.onnx`);
  await writeFile(modelPath, model);
  const thread = await InferenceThread.start({ modelPath, threads: 1, executionProviders: ["cpu"] });
  threads.push(thread);
  return thread;
}

/** Records the shape of the first input of every run. */
function queueOf(
  thread: InferenceThread,
  given: Partial<ModelQueueOptions> = {},
): { queue: ModelQueue; runs: (readonly number[])[]; reasons: string[] } {
  const runs: (readonly number[])[] = [];
  const reasons: string[] = [];
  const queue = new ModelQueue({
    run: (inputs) => {
      runs.push(inputs[0]?.shape ?? []);
      return thread.run(inputs);
    },
    isBatchable: true,
    batching: { max_batch_size: 8 },
    onUnbatchable: (reason) => reasons.push(reason),
    ...given,
  });
  return { queue, runs, reasons };
}

const floats = (shape: readonly number[], values: readonly number[]): Tensor => {
  return { name: "x", datatype: "float32", shape, data: bytesOf(Float32Array.from(values)) };
};
const numbersOf = (tensor: Tensor | undefined): number[] =>
  tensor === undefined
    ? []
    : Array.from<number | bigint>(valuesOf(tensor.datatype as NumericDatatype, tensor.data as Uint8Array)).map(Number);
const oneInput = (shape: (number | string)[], nodes: ModelSpec["nodes"], more: Partial<ModelSpec> = {}): Buffer =>
  encodeModel({
    inputs: [{ name: "x", type: "float32", shape }],
    outputs: [{ name: "y", type: "float32", shape }],
    nodes,
    ...more,
  });

describe("answers out of a batch", () => {
  const value = fc.float({ min: -4, max: 4, noNaN: true });
  const request = (width: fc.Arbitrary<number>) =>
    fc
      .tuple(fc.integer({ min: 1, max: 5 }), width)
      .chain(([rows, columns]) =>
        fc
          .array(value, { minLength: rows * columns, maxLength: rows * columns })
          .map((values) => floats([rows, columns], values)),
      );

  it("equal those of a run alone, to 1e-5 of the largest value: a matrix product of many rows sums in another order", async () => {
    const thread = await open(mlpModel(3, 24));
    const { queue, runs } = queueOf(thread);
    await fc.assert(
      fc.asyncProperty(fc.array(request(fc.constant(24)), { minLength: 1, maxLength: 12 }), async (requests) => {
        const together = await Promise.all(requests.map(async (tensor) => queue.infer([tensor], anybody)));
        for (const [index, tensor] of requests.entries()) {
          const alone = numbersOf((await thread.run([{ ...tensor }])).outputs[0]);
          const batched = together[index]?.[0];
          expect(batched?.shape).toEqual([tensor.shape[0], 24]);
          const scale = Math.max(1, ...alone.map(Math.abs));
          numbersOf(batched).forEach((number, at) =>
            expect(Math.abs(number - (alone[at] ?? NaN))).toBeLessThan(1e-5 * scale),
          );
        }
      }),
      { numRuns: 60 },
    );
    expect(Math.max(...runs.map(([rows]) => rows ?? 0))).toBeGreaterThan(5);
  });

  it("are exactly the values that went in, whatever the shapes, which never share a run", async () => {
    const thread = await open(identityModel("float32", ["batch", "time"]));
    const { queue, runs } = queueOf(thread);
    await fc.assert(
      fc.asyncProperty(
        fc.array(request(fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 16 }),
        async (requests) => {
          const answers = await Promise.all(requests.map(async (tensor) => queue.infer([tensor], anybody)));
          answers.forEach(([answer], index) => {
            expect(answer?.shape).toEqual(requests[index]?.shape);
            expect(numbersOf(answer)).toEqual(numbersOf(requests[index]));
          });
        },
      ),
      { numRuns: 60 },
    );
    expect(runs.every(([rows]) => (rows ?? 0) <= 8)).toBe(true);
  });

  it("are texts as well", async () => {
    const { queue } = queueOf(await open(identityModel("string", ["batch", 1])));
    const texts = Array.from({ length: 20 }, (_, at) => `text ${at}`);
    const answers = await Promise.all(
      texts.map(async (text) => queue.infer([{ name: "x", datatype: "string", shape: [1, 1], data: [text] }], anybody)),
    );
    expect(answers.map(([answer]) => answer?.data[0])).toEqual(texts);
  });
});

describe("the queue", () => {
  const row = (value: number) => [floats([1, 2], [value, value])];

  it("runs a lone request at once, and together what came while it ran; only a full batch is sent behind a run", async () => {
    const thread = await open(mlpModel(2, 2));
    const { queue, runs } = queueOf(thread);
    const first = queue.infer(row(0), anybody);
    await new Promise(setImmediate);
    expect(runs).toEqual([[1, 2]]);
    const some = Array.from({ length: 11 }, async (_, at) => queue.infer(row(at), anybody));
    // Eight of them fill a batch, which waits in the thread; the other three may still become more.
    expect(runs).toEqual([
      [1, 2],
      [8, 2],
    ]);
    await Promise.all([first, ...some]);
    expect(runs).toEqual([
      [1, 2],
      [8, 2],
      [3, 2],
    ]);
  });

  it("waits as long as it is told, and says how long, for how many and why", async () => {
    const { queue, runs } = queueOf(await open(mlpModel(2, 2)), {
      batching: { max_batch_size: 8, batch_wait_timeout_s: 0.05 },
    });
    const timings = {};
    await Promise.all([queue.infer(row(1), { ...anybody, timings }), queue.infer(row(2), anybody)]);
    expect(runs).toEqual([[2, 2]]);
    expect(timings).toEqual({
      batchWaitMs: expect.any(Number),
      batchSize: 2,
      batchLimit: 8,
      batchReason: "timeout",
      modelMs: expect.any(Number),
    });
    expect((timings as { batchWaitMs: number }).batchWaitMs).toBeGreaterThanOrEqual(49);
  });

  it("takes a request that is larger than a batch alone", async () => {
    const { queue, runs } = queueOf(await open(mlpModel(2, 2)));
    const many = floats(
      [20, 2],
      Array.from({ length: 40 }, () => 1),
    );
    const answers = await Promise.all([
      queue.infer(row(1), anybody),
      queue.infer([many], anybody),
      queue.infer(row(1), anybody),
    ]);
    expect(answers.map(([answer]) => answer?.shape[0])).toEqual([1, 20, 1]);
    expect(runs).toContainEqual([20, 2]);
  });

  it("computes nothing for those who are gone", async () => {
    const { queue, runs } = queueOf(await open(mlpModel(2, 2)));
    const gone = queue.infer(row(1), { isWanted: () => false, timings: undefined });
    await expect(gone).rejects.toMatchObject({ code: "client/closed" });
    expect(runs).toEqual([]);
  });

  it("answers the others when the model refuses one of a batch", async () => {
    const model = encodeModel({
      inputs: [{ name: "x", type: "int64", shape: ["batch"] }],
      outputs: [{ name: "y", type: "float32", shape: ["batch", 2] }],
      nodes: [{ op: "Gather", inputs: ["table", "x"], outputs: ["y"] }],
      weights: [{ name: "table", shape: [3, 2], data: Float32Array.of(0, 1, 2, 3, 4, 5) }],
    });
    const { queue } = queueOf(await open(model));
    const look = async (index: bigint) =>
      queue.infer([{ name: "x", datatype: "int64", shape: [1], data: bytesOf(BigInt64Array.of(index)) }], anybody);
    const results = await Promise.allSettled([look(0n), look(9n), look(2n)]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const last = results[2];
    expect(last?.status === "fulfilled" ? numbersOf(last.value[0]) : []).toEqual([4, 5]);
  });
});

describe("a model without rows of its own", () => {
  const sumRows = (shape: (number | string)[]) =>
    oneInput(shape, [{ op: "ReduceSum", inputs: ["x", "axes"], outputs: ["y"], attributes: { keepdims: 1 } }], {
      weights: [{ name: "axes", shape: [1], data: BigInt64Array.of(0n) }],
    });
  const axisOf = async (model: Buffer) => {
    const thread = await open(model);
    return findBatchAxis(thread.inputs, thread.outputs, async (tensors) => (await thread.run(tensors)).outputs);
  };

  it("is found out by a trial where its axes have no common name", async () => {
    // Two values of a row become two rows.
    const torn = encodeModel({
      inputs: [{ name: "x", type: "float32", shape: ["", 2] }],
      outputs: [{ name: "y", type: "float32", shape: ["", 1] }],
      nodes: [{ op: "Reshape", inputs: ["x", "shape"], outputs: ["y"] }],
      weights: [{ name: "shape", shape: [2], data: BigInt64Array.of(-1n, 1n) }],
    });
    expect(await axisOf(torn)).toEqual({
      kind: "no",
      reason: 'output "y" does not have one row per row of the input',
    });
    expect(await axisOf(identityModel("float32", ["", 2]))).toEqual({ kind: "yes" });
    expect(await axisOf(identityModel("string", ["", ""]))).toEqual({ kind: "yes" });
    expect(await axisOf(mlpModel(2, 2, 1))).toMatchObject({
      kind: "no",
      reason: expect.stringContaining("fixed shape [1, 2]"),
    });
    expect(await axisOf(mlpModel(2, 2))).toEqual({ kind: "yes" });
  });

  it("is found out by its first batch where the file says otherwise, and every request gets its own answer", async () => {
    const { queue, runs, reasons } = queueOf(await open(sumRows(["batch", 2])));
    const answers = await Promise.all(
      [1, 2, 3].map(async (value) => queue.infer([floats([1, 2], [value, value])], anybody)),
    );
    expect(answers.map(([answer]) => numbersOf(answer))).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(reasons).toHaveLength(1);
    const before = runs.length;
    await Promise.all([4, 5].map(async (value) => queue.infer([floats([1, 2], [value, value])], anybody)));
    expect(runs.slice(before)).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
});
