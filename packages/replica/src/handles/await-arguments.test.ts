import { expect, it } from "vitest";
import { awaitArguments } from "./await-arguments.ts";

it("answers arguments without promises as they are, at once", () => {
  const args = [1, "x", [1, 2], { a: [1] }, new Float32Array(3), null, undefined, new Date()];
  expect(awaitArguments(args)).toBe(args);
});

it("waits for promises among them, and one level down in arrays and objects", async () => {
  const soon = async (value: unknown) => value;
  const instance = new (class Box {
    inner = soon(3);
  })();
  const ready = await awaitArguments([soon(1), [soon(2), 3], { a: soon(4), b: 5 }, instance, 6]);
  expect(ready.slice(0, 3)).toEqual([1, [2, 3], { a: 4, b: 5 }]);
  // Instances of classes are the caller's own business.
  expect(ready[3]).toBe(instance);
  expect(ready[4]).toBe(6);
});

it("rejects with the first rejection, and leaves none of the others unhandled", async () => {
  const fail = async (text: string) => Promise.reject(new Error(text));
  await expect(awaitArguments([fail("a"), [fail("b")], { c: fail("c") }])).rejects.toThrow(/^[abc]$/);
});

it("refuses a stream, also a promised one", async () => {
  const stream = (async function* () {
    yield 1;
  })();
  expect(() => awaitArguments([stream])).toThrow(/A stream cannot be an argument/);
  await expect(awaitArguments([Promise.resolve(stream)])).rejects.toThrow(/A stream cannot be an argument/);
});
