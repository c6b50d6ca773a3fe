import type { TensorDescription } from "@sluice/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitShape } from "./fit-shape.ts";
import { halfFromNumber, numberFromHalf } from "./half-float.ts";
import { jsonValues, nestValues, shapeOfNested } from "./nested-values.ts";
import { readInputs } from "./read-inputs.ts";
import { bytesOf } from "./tensor.ts";

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
        expect(nestValues(jsonValues(tensor!), tensor!.shape)).toEqual(values);
        expect(tensor!.shape).toEqual(shapeOfNested(values));
      }),
    );
  });

  it("refuses integers out of range, and values of another type", () => {
    const wrong = (value: unknown, datatype: string) => () =>
      readInputs({ x: value }, [{ name: "x", datatype, shape: ["n"] }]);
    expect(wrong([0, 256], "uint8")).toThrow(/256 at position 1/);
    expect(wrong([0.5], "uint8")).toThrow(/0.5 at position 0/);
    expect(wrong([null], "uint8")).toThrow(/null at position 0/);
    expect(wrong([1], "string")).toThrow(/1 at position 0/);
    expect(wrong(["a\0b"], "string")).toThrow(/at position 0/);
    expect(wrong(["9223372036854775808"], "int64")).toThrow(/9223372036854775808/);
    expect(wrong([2 ** 53], "int64")).toThrow(/9007199254740992 at position 0/);
    expect(wrong([1], "bfloat16")).toThrow(/bfloat16/);
  });

  it("keeps big integers exact, as numbers and as digits", () => {
    const ids: TensorDescription = { name: "ids", datatype: "int64", shape: ["n"] };
    const [tensor] = readInputs({ ids: [Number.MAX_SAFE_INTEGER, -3, "-9223372036854775808"] }, [ids]).tensors;
    expect(tensor?.data).toEqual(bytesOf(BigInt64Array.of(9007199254740991n, -3n, -(2n ** 63n))));
    const data = bytesOf(BigInt64Array.of(2n ** 60n, 7n));
    expect(jsonValues({ name: "x", datatype: "int64", shape: [2], data })).toEqual(["1152921504606846976", 7]);
  });

  it("says which input is missing before anything else, and knows the model's names", () => {
    expect(() => readInputs({}, [image])).toThrow(
      'Input "image" is missing. Wanted "image": float32 [batch, 2, 2]; given: nothing.',
    );
    expect(() =>
      readInputs(
        {
          image: [
            [
              [1, 2],
              [3, 4],
            ],
          ],
          other: 1,
        },
        [image],
      ),
    ).toThrow(/no input "other"/);
  });
});

describe("half floats", () => {
  it("gives back every half that is a number", () => {
    const halves = Array.from({ length: 0x1_0000 }, (_, half) => half);
    const changed = halves.filter((half) => {
      const value = numberFromHalf(half);
      return !Number.isNaN(value) && halfFromNumber(value) !== half;
    });
    expect(changed).toEqual([]);
  });

  it("rounds to the nearest half, ties to even", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7bfe }), fc.double({ min: 0, max: 1, noNaN: true }), (half, part) => {
        const [low, high] = [numberFromHalf(half), numberFromHalf(half + 1)];
        const value = Math.fround(low + (high - low) * part);
        const [toLow, toHigh] = [value - low, high - value];
        const expected = toLow < toHigh || (toLow === toHigh && half % 2 === 0) ? half : half + 1;
        expect(halfFromNumber(value)).toBe(expected);
        expect(halfFromNumber(-value)).toBe(expected | 0x8000);
      }),
    );
    expect([65_519, 65_520, 1e9, -Infinity, NaN].map(halfFromNumber)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00, 0x7e00]);
    expect([2 ** -24, 2 ** -25, 2 ** -26].map(halfFromNumber)).toEqual([1, 0, 0]);
  });
});
