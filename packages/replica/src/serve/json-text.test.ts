import { describe, expect, it } from "vitest";
import { jsonText } from "./json-text.ts";

/** Both ways to the text: the one for answers like the last, and the one after an answer with arrays of numbers. */
function bothWays(value: unknown): string {
  jsonText(1);
  const first = jsonText(value);
  jsonText(new Int8Array(1));
  expect(jsonText(value)).toBe(first);
  return first;
}

describe("typed arrays in an answer", () => {
  it.each([
    [new Float32Array([0.1, 1, -2.5]), "[0.1,1,-2.5]"],
    [new Float64Array([0.1, 1e300]), "[0.1,1e+300]"],
    [new Int8Array([-1, 2]), "[-1,2]"],
    [new Uint8ClampedArray([1, 300]), "[1,255]"],
    [new Uint8Array([1, 2]), "[1,2]"],
    [new Uint16Array(0), "[]"],
    [new BigInt64Array([-(2n ** 53n) + 1n, 5n]), "[-9007199254740991,5]"],
    [new BigUint64Array([7n]), "[7]"],
  ])("are arrays of numbers: %o", (array, text) => {
    expect(bothWays(array)).toBe(text);
    expect(bothWays({ scores: array, n: 1 })).toBe(`{"scores":${text},"n":1}`);
    expect(bothWays([{ deep: { er: [array, "x"] } }])).toBe(`[{"deep":{"er":[${text},"x"]}}]`);
  });

  it("have null where there is no number, as JSON.stringify writes it", () => {
    expect(bothWays({ v: new Float32Array([NaN, Infinity, 1]), w: NaN })).toBe('{"v":[null,null,1],"w":null}');
  });

  it("of big integers that JSON cannot hold exactly are an error that names the place", () => {
    const value = { "a/b": [{ ids: new BigInt64Array([1n, 2n ** 53n]) }] };
    const message = '9007199254740992 at "#/a~1b/0/ids/1" of the answer is no number that JSON holds exactly';
    expect(() => jsonText(value)).toThrow(message);
    expect(() => jsonText(value)).toThrow(RangeError);
  });

  it("leave what the code keeps as it was", () => {
    const kept = { v: new Float32Array([1]), inner: { list: [1] } };
    expect(bothWays(kept)).toBe('{"v":[1],"inner":{"list":[1]}}');
    expect(kept.v).toBeInstanceOf(Float32Array);
  });
});

describe("all else is written as JSON.stringify does", () => {
  class Point {
    x = 1;
    #secret = 2;
    toJSON(name: string) {
      return { name, x: this.x, sum: this.x + this.#secret };
    }
  }
  it.each<[string, unknown]>([
    ["primitives", [1, "x", true, null, undefined, NaN]],
    ["objects without anything", { a: {}, b: [], "0": 1, c: { "0": "zero" } }],
    ["text that looks like it", 'a {"0":1} and {}'],
    ["what toJSON says", { at: new Date(0), point: new Point(), list: [new Point()], empty: {} }],
    ["a buffer, by its toJSON", { bytes: Buffer.from("hi"), empty: {} }],
    [
      "maps, sets, views without a type",
      { m: new Map([[1, 2]]), s: new Set([1]), v: new DataView(new ArrayBuffer(2)) },
    ],
    ["functions and symbols", { f: () => 1, s: Symbol("s"), empty: {}, list: [() => 1] }],
    ["boxed values", { n: Object(5) as unknown, s: Object("ab") as unknown, empty: {} }],
    ["the same object twice", ((same) => [same, same, {}])({ a: 1 })],
  ])("%s", (_, value) => expect(bothWays(value)).toBe(JSON.stringify(value)));

  it("also around an array", () => {
    const value = { at: new Date(0), point: new Point(), v: new Int8Array([1]), none: undefined, f: () => 1 };
    expect(bothWays(value)).toBe('{"at":"1970-01-01T00:00:00.000Z","point":{"name":"point","x":1,"sum":3},"v":[1]}');
  });

  it("but for big integers, which are numbers where that is exact", () => {
    expect(bothWays({ n: 5n, list: [1n] })).toBe('{"n":5,"list":[1]}');
    expect(() => jsonText({ n: 2n ** 60n })).toThrow('at "#/n" of the answer');
  });

  it("an array that toJSON answers is one, and toJSON is asked once", () => {
    const model = { toJSON: () => ({ v: new Float32Array([0.5]), toJSON: () => "asked twice" }) };
    expect(bothWays({ model })).toBe('{"model":{"v":[0.5]}}');
  });

  it("a value that holds itself is an error that names the place", () => {
    const value: Record<string, unknown> = { n: 1n };
    value["self"] = { again: value };
    expect(() => jsonText(value)).toThrow('The answer holds itself at "#/self/again"');
  });

  it("an error of toJSON is thrown as it is", () => {
    const error = new TypeError("no");
    const thrower = {
      toJSON: () => {
        throw error;
      },
    };
    expect(() => jsonText({ thrower })).toThrow(error);
  });
});
