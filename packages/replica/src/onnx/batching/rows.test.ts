import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { judgeBatchAxis, judgeTrial } from "./batch-axis.ts";
import { batchKeyOf, joinRows, rowsOf, splitRows } from "./rows.ts";

const numbers = (rows: number, width: number, name = "x"): Tensor => {
  const data = bytesOf(Float32Array.from({ length: rows * width }, (_, at) => at + rows));
  return { name, datatype: "float32", shape: [rows, width], data };
};
const texts = (rows: number): Tensor => {
  const data = Array.from({ length: rows * 2 }, (_, at) => `t${at}`);
  return { name: "t", datatype: "string", shape: [rows, 2], data };
};

describe("rows of several requests", () => {
  it("are taken apart exactly as they were put together", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (rowCounts) => {
        const requests = rowCounts.map((rows) => [numbers(rows, 3), texts(rows)]);
        const parts = splitRows(joinRows(requests), rowCounts);
        const plain = (tensors: readonly Tensor[]) =>
          tensors.map(({ name, shape, data }) => ({ name, shape, data: [...data] }));
        expect(parts?.map(plain)).toEqual(requests.map(plain));
      }),
    );
  });

  it("lie in memory of their own after joining, unless the one request says that it owns its memory", () => {
    const shared = Buffer.alloc(100);
    const view: Tensor = { name: "x", datatype: "float32", shape: [1, 2], data: shared.subarray(3, 11) };
    const [joined] = joinRows([[view]]);
    expect((joined?.data as Uint8Array).buffer).not.toBe(shared.buffer);
    expect(joined?.isOwned).toBe(true);
    const owner: Tensor = { ...view, isOwned: true };
    expect(joinRows([[owner]])[0]).toBe(owner);
    expect((joinRows([[owner], [owner]])[0]?.data as Uint8Array).buffer).not.toBe(shared.buffer);
  });

  it("are not split when an output has another number of rows", () => {
    expect(splitRows([numbers(3, 2)], [1, 1])).toBeUndefined();
  });

  it("join only where nothing but rows and values differs", () => {
    expect(batchKeyOf([numbers(2, 3)])).toBe(batchKeyOf([numbers(7, 3)]));
    expect(batchKeyOf([numbers(2, 3)])).not.toBe(batchKeyOf([numbers(2, 4)]));
    expect(batchKeyOf([numbers(2, 3)])).not.toBe(batchKeyOf([numbers(2, 3), numbers(2, 3, "y")]));
    expect(rowsOf([numbers(2, 3), numbers(3, 3)])).toBeUndefined();
    expect(rowsOf([numbers(0, 3)])).toBeUndefined();
  });
});

describe("whether a model has a batch axis", () => {
  const of = (...shape: (string | number)[]) => ({ name: "x", datatype: "float32", shape });
  it.each([
    [[of("batch", 4)], [of("batch", 2), of("batch")], { kind: "yes" }],
    [[of("", 4)], [of("", 2)], { kind: "ask" }],
    [[of("a", 4)], [of("b", 2)], { kind: "ask" }],
    [[of("batch", 4), of("time")], [of("batch", 2)], { kind: "ask" }],
    [[of(1, 4)], [of(1, 2)], { kind: "no", reason: 'input "x" has the fixed shape [1, 4], without a free first axis' }],
    [
      [of("batch", 4)],
      [of(10)],
      { kind: "no", reason: 'output "x" has the fixed shape [10], without a free first axis' },
    ],
    [[of("batch", 4)], [of()], { kind: "no", reason: 'output "x" is a single value, without a free first axis' }],
    [[], [of("batch")], { kind: "no", reason: "the model has no input" }],
  ])("%j -> %j: %j", (inputs, outputs, expected) => {
    expect(judgeBatchAxis(inputs, outputs)).toEqual(expected);
  });

  it("is shown by outputs that follow the rows twice", () => {
    expect(
      judgeTrial(
        [of(""), of("")],
        [
          [2, 2],
          [3, 3],
        ],
      ),
    ).toEqual({ kind: "yes" });
    expect(
      judgeTrial(
        [of(""), of("")],
        [
          [2, 2],
          [3, 2],
        ],
      ),
    ).toMatchObject({ kind: "no" });
  });
});
