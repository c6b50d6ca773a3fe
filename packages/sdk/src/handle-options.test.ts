import { expect, it } from "vitest";
import { checkHandleOptions } from "./handle-options.ts";

it("takes what makes sense as it is", () => {
  const options = { stream: true, timeoutS: 0.5, multiplexedModelId: "m", signal: new AbortController().signal };
  expect(checkHandleOptions(options)).toBe(options);
  expect(checkHandleOptions({ timeoutS: undefined })).toEqual({ timeoutS: undefined });
});

it.each([
  [{ timeoutS: 0 }, /timeoutS is a number of seconds above 0, at most \d+, not 0/],
  [{ timeoutS: -1 }, /timeoutS/],
  [{ timeoutS: Number.NaN }, /timeoutS/],
  [{ timeoutS: Infinity }, /timeoutS/],
  [{ timeoutS: "1" }, /not "1"/],
  [{ stream: "yes" }, /stream is true or false/],
  [{ multiplexedModelId: "" }, /multiplexedModelId/],
  [{ signal: {} }, /AbortSignal/],
  [{ methodName: 1 }, /methodName/],
  [{ timeoutMs: 5 }, /no option "timeoutMs". It has: stream, timeoutS/],
  [undefined, /are an object/],
])("refuses %o with a TypeError that says what would be right", (options, message) => {
  expect(() => checkHandleOptions(options)).toThrow(TypeError);
  expect(() => checkHandleOptions(options)).toThrow(message);
});
