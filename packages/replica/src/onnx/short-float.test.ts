import fc from "fast-check";
import { expect, it } from "vitest";
import { shortestFloat } from "./short-float.ts";

it("prints what people wrote", () => {
  const written = [0.1, -0.2, 3.14159, 1234.5, 0.0001, 0.00123, 16_777_216, 0, 1, 99_999.9];
  expect(written.map((value) => shortestFloat(Math.fround(value)))).toEqual(written);
});

it("is read back as the same float32, and never prints longer", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true }), (value) => {
      const short = shortestFloat(value);
      expect(Math.fround(short)).toBe(value);
      expect(String(short).length).toBeLessThanOrEqual(String(value).length);
    }),
    { numRuns: 2_000 },
  );
});

it("leaves what is no number alone", () => {
  expect([NaN, Infinity, -Infinity].map(shortestFloat)).toEqual([NaN, Infinity, -Infinity]);
});
