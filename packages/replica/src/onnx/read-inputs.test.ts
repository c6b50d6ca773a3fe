import type { TensorDescription } from "@sluice/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinRows, pickBatch, splitRows } from "./batch.ts";
import { fitShape } from "./fit-shape.ts";
import { nestData, shapeOfNested } from "./nested-values.ts";
import { readInputs } from "./read-inputs.ts";
import type { Tensor } from "./tensor.ts";

const image: TensorDescription = { name: "image", datatype: "float32", shape: ["batch", 2, 2] };

describe("fitShape", () => {
  it.each([
    { wanted: ["batch", 64], given: [64], shape: [1, 64], isSingle: true },
    { wanted: ["batch", 64], given: [3, 64], shape: [3, 64], isSingle: false },
    { wanted: ["batch", 2, 2], given: [4], shape: [1, 2, 2], isSingle: true },
    { wanted: [1, 2, 2], given: [2, 2], shape: [1, 2, 2], isSingle: true },
    { wanted: [2, 3], given: [6], shape: [2, 3], isSingle: false },
    { wanted: ["batch"], given: [], shape: [1], isSingle: true },
    { wanted: [-1, 3], given: [0, 3], shape: [0, 3], isSingle: false },
  ])("takes $given for $wanted", ({ wanted, given, shape, isSingle }) => {
    expect(fitShape(wanted, given)).toMatchObject({ shape, isSingle });
  });

  it.each([
    { wanted: ["batch", 64], given: [63] },
    { wanted: ["batch", 64], given: [128] },
    { wanted: ["batch", 64], given: [2, 8, 8] },
    { wanted: [2, 3], given: [3] },
    { wanted: ["batch", "time", 8], given: [16] },
  ])("refuses $given for $wanted", ({ wanted, given }) => {
    expect(fitShape(wanted, given)).toBeUndefined();
  });
});

describe("readInputs", () => {
  it("gives back the same nested values that came in", () => {
    const row = fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 2 }), {
      minLength: 2,
      maxLength: 2,
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (values) => {
        const [tensor] = readInputs({ image: values }, [image]).tensors;
        expect(nestData(tensor!.data, tensor!.datatype, tensor!.shape)).toEqual(values);
        expect(tensor!.shape).toEqual(shapeOfNested(values));
      }),
    );
  });

  it("refuses integers out of range, and values of another type", () => {
    const bytes: TensorDescription = { name: "x", datatype: "uint8", shape: ["n"] };
    expect(() => readInputs({ x: [0, 256] }, [bytes])).toThrow(/256 at position 1/);
    expect(() => readInputs({ x: [0.5] }, [bytes])).toThrow(/0.5 at position 0/);
    expect(() => readInputs({ x: [null] }, [bytes])).toThrow(/null at position 0/);
    expect(() => readInputs({ x: ["a"] }, [{ ...bytes, datatype: "float16" }])).toThrow(/float16/);
  });

  it("keeps big integers exact", () => {
    const ids: TensorDescription = { name: "ids", datatype: "int64", shape: ["n"] };
    const [tensor] = readInputs({ ids: [Number.MAX_SAFE_INTEGER, -3] }, [ids]).tensors;
    expect(tensor?.data).toEqual(BigInt64Array.from([9007199254740991n, -3n]));
    expect(nestData(BigInt64Array.from([2n ** 60n]), "int64", [1])).toEqual(["1152921504606846976"]);
  });
});

describe("batches", () => {
  const tensor = (rows: number, width: number): Tensor => ({
    name: "x",
    datatype: "float32",
    shape: [rows, width],
    data: Float32Array.from({ length: rows * width }, (_, at) => at),
  });

  it("takes apart exactly what it put together", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }), (rowCounts) => {
        const requests = rowCounts.map((rows) => [tensor(rows, 3)]);
        const joined = joinRows(requests);
        expect(splitRows(joined, rowCounts)).toEqual(requests);
      }),
    );
  });

  it("takes the head of the queue and what fits behind it, never passing one over", () => {
    const queue = [[tensor(20, 3)], [tensor(10, 3)], [tensor(4, 3)], [tensor(1, 3)]];
    expect(pickBatch(queue, true)).toBe(2);
    expect(pickBatch(queue, false)).toBe(1);
    expect(pickBatch([[tensor(50, 3)], [tensor(1, 3)]], true)).toBe(1);
    expect(pickBatch([[tensor(1, 3)], [tensor(1, 4)]], true)).toBe(1);
    expect(pickBatch([], true)).toBe(0);
  });

  it("notices outputs that have not one row per input row", () => {
    expect(splitRows([tensor(3, 2)], [1, 1])).toBeUndefined();
  });
});
