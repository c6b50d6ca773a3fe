import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, it } from "vitest";
import { encodeMlp, mlpWidth, seededNumbers } from "./mlp-model.ts";

it("writes a model that ONNX Runtime loads, runs in batches, and that answers finite, differing numbers", async () => {
  const session = await InferenceSession.create(encodeMlp());
  const rows = 3;
  const x = new Tensor("float32", seededNumbers(rows * mlpWidth, 5, 1), [rows, mlpWidth]);
  const { y } = await session.run({ x });
  expect(y?.dims).toEqual([rows, mlpWidth]);
  const values = y?.data as Float32Array;
  expect(values.every(Number.isFinite)).toBe(true);
  expect(new Set(values).size).toBeGreaterThan(mlpWidth);
  expect(Math.max(...values.map(Math.abs))).toBeLessThan(100);
});
