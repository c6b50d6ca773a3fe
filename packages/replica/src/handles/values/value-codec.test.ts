import { Encoding } from "@sluice/wire";
import { describe, expect, it } from "vitest";
import { makeHandleProxy } from "../handle-proxy.ts";
import { BodyCollector } from "./body-collector.ts";
import { decodeValue, encodeArguments, encodeItemValue, encodeResult, headersOfValue } from "./value-codec.ts";
import type { EncodedValue } from "./value-codec.ts";

/** What the far side gets, with the body cut into pieces of `pieceBytes`. */
function travel(encoded: EncodedValue, pieceBytes = 1_000): unknown {
  const body = Buffer.concat([encoded.document ?? Buffer.alloc(0), ...encoded.parts]);
  const collector = new BodyCollector(headersOfValue(encoded) ?? [], 100_000_000);
  for (let at = 0; at < body.length; at += pieceBytes) collector.push(body.subarray(at, at + pieceBytes));
  const { document, parts } = collector.finish();
  return decodeValue(encoded.encoding, document, parts);
}

const roundTrip = (value: unknown): unknown => travel(encodeResult(value));

describe("values of calls", () => {
  it("travel as JSON when that is lossless, as msgpack otherwise, and undefined as nothing", () => {
    expect(encodeResult({ text: "a", n: 1, list: [1, 2], none: null, left: undefined }).encoding).toBe(Encoding.json);
    expect(encodeResult({ n: Number.NaN }).encoding).toBe(Encoding.msgpack);
    expect(encodeResult(new Date(0)).encoding).toBe(Encoding.msgpack);
    expect(encodeResult(Array.from({ length: 100 }, (_, at) => at / 3)).encoding).toBe(Encoding.msgpack);
    expect(encodeResult(undefined)).toMatchObject({ encoding: Encoding.none, document: undefined });
  });

  it.each([
    ["special numbers", [Number.NaN, Infinity, -Infinity, 0.1, 2 ** 53 - 1, -1]],
    ["a date", new Date("2026-01-02T03:04:05.678Z")],
    [
      "a map and a set, nested",
      new Map<unknown, unknown>([
        ["a", new Set([1, "x"])],
        [{ k: 1 }, new Uint8Array([1])],
      ]),
    ],
    ["big integers", [2n ** 70n, -5n]],
    ["text of all kinds", ["", "héllo", "\u0000", "🙂", "x".repeat(100_000)]],
    ["a vector of numbers", Array.from({ length: 1_000 }, (_, at) => at * 0.5)],
    ["nothing", [null, { a: null }]],
  ])("keep %s", (_, value) => {
    expect(roundTrip(value)).toEqual(value);
  });

  it.each([
    Uint8Array,
    Int8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ])("keep the type and content of a %o, small and large, also as a view into other memory", (Type) => {
    for (const length of [0, 3, 5_000]) {
      const memory = new ArrayBuffer((length + 2) * Type.BYTES_PER_ELEMENT);
      new Uint8Array(memory).forEach((_, at, all) => (all[at] = at % 251));
      const sent = new Type(memory, Type.BYTES_PER_ELEMENT, length);
      const got = roundTrip({ sent }) as { sent: typeof sent };
      expect(got.sent.constructor).toBe(Type);
      expect(got.sent).toEqual(sent);
      // Memory of its own: a Float32Array over `got.sent.buffer` is what its owner thinks it is.
      expect(got.sent.buffer.byteLength).toBe(sent.byteLength);
    }
  });

  it("keep buffers, array buffers and data views", () => {
    expect(roundTrip(Buffer.from("abc"))).toEqual(Buffer.from("abc"));
    expect(Buffer.isBuffer(roundTrip(Buffer.alloc(20_000, 7)))).toBe(true);
    expect(roundTrip(new Uint8Array([1, 2]).buffer)).toEqual(new Uint8Array([1, 2]).buffer);
    const view = roundTrip(new DataView(new Uint8Array([9, 8]).buffer)) as DataView;
    expect(view.getUint8(1)).toBe(8);
  });

  it("send large binary values behind the document, one part each, as they were at the moment of the call", () => {
    const scratch = new Float32Array(1_000_000).fill(1.5);
    const encoded = encodeArguments([{ a: scratch, b: Buffer.alloc(9_000, 1) }, "x"]);
    scratch.fill(0);
    expect(encoded.document?.length).toBeLessThan(100);
    expect(encoded.parts.map((part) => part.length)).toEqual([4_000_000, 9_000]);
    const [first, second] = travel(encoded, 65_536) as [{ a: Float32Array; b: Buffer }, string];
    expect([first.a[0], first.a.at(-1), first.b[5], second]).toEqual([1.5, 1.5, 1, "x"]);
  });

  it("leave undefined arguments undefined, so that defaults apply", () => {
    expect(travel(encodeArguments([1, undefined, "x"]))).toEqual([1, undefined, "x"]);
  });

  it("use toJSON where a class has one, and own properties of other classes", () => {
    class Point {
      readonly x = 1;
    }
    expect(roundTrip([new URL("http://a/b"), new Point()])).toEqual(["http://a/b", { x: 1 }]);
  });

  it("keep errors as values, with class, cause and fields", () => {
    const sent = Object.assign(new RangeError("far", { cause: new TypeError("near") }), { limit: 3, code: "E_FAR" });
    const got = roundTrip([sent]) as [typeof sent];
    expect(got[0]).toBeInstanceOf(RangeError);
    expect(got[0]).toMatchObject({ message: "far", limit: 3, code: "E_FAR", cause: { message: "near" } });
    expect(got[0].cause).toBeInstanceOf(TypeError);
  });

  it("refuse what is no data, with a TypeError that says what", () => {
    expect(() => encodeArguments([() => 1])).toThrow(/A function cannot be sent/);
    expect(() => encodeArguments([Symbol("x")])).toThrow(/A symbol cannot be sent/);
    expect(() => encodeArguments([{ deep: [Promise.resolve(1)] }])).toThrow(/await it/);
    expect(() => encodeArguments([makeHandleProxy("B", () => undefined)])).toThrow(/A handle cannot be sent/);
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(() => encodeArguments([cycle])).toThrow(TypeError);
  });

  it("carry stream items whole, whatever they hold", () => {
    for (const item of ["token", undefined, 3, new Float32Array(10_000).fill(2)]) {
      expect(decodeValue(Encoding.msgpack, encodeItemValue(item))).toEqual(item);
    }
  });
});

describe("BodyCollector", () => {
  it("refuses a body that does not fit its header, or is over the limit", () => {
    expect(() => new BodyCollector(["sluice-parts", "10,-1"], 100)).toThrow(/does not fit/);
    expect(() => new BodyCollector(["sluice-parts", "10,1000"], 100)).toThrow(/larger than 100/);
    const short = new BodyCollector(["sluice-parts", "10,10"], 100);
    short.push(Buffer.alloc(15));
    expect(() => short.finish()).toThrow(/does not fit/);
    const long = new BodyCollector(["sluice-parts", "2"], 100);
    expect(() => long.push(Buffer.alloc(3))).toThrow(/does not fit/);
    expect(() => new BodyCollector([], 4).push(Buffer.alloc(5))).toThrow(/larger than 4/);
  });
});
