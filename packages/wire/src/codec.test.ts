import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeGoldenFrame, encodeGoldenFrame } from "../golden/frame-codec.ts";
import type { GoldenFrame } from "../golden/frame-codec.ts";
import { FrameReader } from "./frame-reader.ts";
import { chooseVersion } from "./hello.ts";
import { callHead, httpRequestHead, httpResponseHead } from "./heads.ts";
import { WireError } from "./wire-error.ts";

type Vector = { readonly description: string; readonly hex: string; readonly frame: GoldenFrame };

const vectors = ["connection", "requests", "answers"].flatMap(
  (name) => JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8")) as Vector[],
);

/** Reads all frames of a byte stream that arrives in the given pieces; DATA pieces are joined to frames again. */
function readFrames(chunks: readonly Buffer[]): GoldenFrame[] {
  const frames: GoldenFrame[] = [];
  let data: Buffer[] = [];
  const reader = new FrameReader({
    onFrame: (type, flags, streamId, buffer, start, end) => {
      frames.push(decodeGoldenFrame(type, flags, streamId, buffer, start, end));
    },
    onDataPiece: (flags, streamId, piece, isLast) => {
      data.push(piece);
      if (!isLast) return;
      frames.push({ type: "DATA", streamId, end: (flags & 1) !== 0, body: Buffer.concat(data).toString("hex") });
      data = [];
    },
  });
  reader.maxPayloadBytes = 1_048_576;
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  chunks.push(bytes.subarray(at));
  return chunks;
}

const u32 = fc.nat({ max: 0xffffffff });
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const pairs = fc.array(fc.tuple(text, text), { maxLength: 6 }).map((list) => list.flat());
const body = fc.uint8Array({ maxLength: 12_000 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const metadata = fc.record({
  requestId: text,
  traceparent: text,
  application: text,
  revision: u32,
  deployment: text,
  route: text,
  caller: text,
  stickyKey: text,
  multiplexedModelId: text,
  deadlineMs: u32,
  attempt: fc.nat({ max: 255 }),
  splitChoices: fc.array(fc.record({ node: text, variant: text }), { maxLength: 4 }),
  extras: pairs,
  headers: pairs,
  method: text,
});
const encoding = fc.constantFrom<0 | 1 | 2 | 3 | 4>(0, 1, 2, 3, 4);
const error = fc.option(fc.record({ type: text, message: text, stack: text, code: text }), { nil: undefined });
const streamId = fc.integer({ min: 1, max: 0xffffffff });
const end = fc.boolean();
const frame = fc.oneof<fc.Arbitrary<GoldenFrame>[]>(
  fc.record({ type: fc.constant("PING" as const), low: u32, high: u32 }),
  fc.record({ type: fc.constant("GOAWAY" as const), lastId: u32, code: u32, text }),
  fc.record({
    type: fc.constant("WINDOW_UPDATE" as const),
    streamId: u32,
    bytes: fc.integer({ min: 1, max: 0x7fffffff }),
  }),
  fc.record({ type: fc.constant("SLOT" as const), slot: fc.record({ ongoing: u32, max: u32 }) }),
  fc.record({ type: fc.constant("TAKEN" as const), streamId }),
  fc.record({ type: fc.constant("MODELS" as const), modelIds: fc.array(text, { maxLength: 8 }) }),
  fc.record({
    type: fc.constant("HTTP_REQUEST" as const),
    streamId,
    end,
    body,
    head: fc
      .tuple(metadata, text, text)
      .map(([given, target, clientAddress]) => httpRequestHead({ ...given, target, clientAddress })),
  }),
  fc.record({
    type: fc.constant("CALL" as const),
    streamId,
    end,
    body,
    head: fc.tuple(metadata, encoding).map(([given, of]) => callHead({ ...given, encoding: of })),
  }),
  fc.record({
    type: fc.constant("HTTP_RESPONSE" as const),
    streamId,
    end,
    body,
    head: fc
      .tuple(fc.nat({ max: 65_535 }), pairs, u32)
      .map(([status, headers, ongoing]) => httpResponseHead(status, headers, ongoing)),
  }),
  fc.record({
    type: fc.constant("RESULT" as const),
    streamId,
    end,
    body,
    head: fc
      .record({
        encoding,
        shape: fc.constantFrom("value" as const, "items" as const),
        ongoing: u32,
        error,
        headers: pairs,
      })
      .map((given) => ({ kind: "call" as const, ...given })),
  }),
  fc.record({ type: fc.constant("DATA" as const), streamId, end, body }),
  fc.record({
    type: fc.constant("TRAILERS" as const),
    streamId,
    trailers: fc.record({ error, headers: pairs, ongoing: u32 }),
  }),
  fc.record({
    type: fc.constant("REJECT" as const),
    streamId,
    reject: fc.record({ ongoing: u32, max: u32, code: fc.constantFrom(0, 1, 2, 3) }),
  }),
);

describe("golden vectors", () => {
  test.each(vectors.map((vector) => [vector.description, vector] as const))(
    "%s: fields give the bytes and bytes the fields",
    (_, vector) => {
      expect(encodeGoldenFrame(vector.frame).toString("hex")).toBe(vector.hex);
      expect(readFrames([Buffer.from(vector.hex, "hex")])).toEqual([vector.frame]);
    },
  );

  test("every frame type has a vector", () => {
    expect(new Set(vectors.map((vector) => vector.frame.type)).size).toBe(17);
  });
});

describe("any frames, cut anywhere", () => {
  test("come out as they went in", () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }),
        (frames, sizes) => {
          const bytes = Buffer.concat(frames.map(encodeGoldenFrame));
          expect(readFrames(cut(bytes, sizes))).toEqual(frames);
        },
      ),
      { numRuns: 150 },
    );
  });

  test("come out one byte at a time too", () => {
    const bytes = Buffer.concat(vectors.map((vector) => Buffer.from(vector.hex, "hex")));
    const chunks = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(readFrames(chunks)).toEqual(vectors.map((vector) => vector.frame));
  });
});

describe("a hostile stream", () => {
  const onlyWireErrors = (bytes: Buffer, sizes: readonly number[]): void => {
    try {
      readFrames(cut(bytes, sizes));
    } catch (thrown) {
      if (!(thrown instanceof WireError)) throw thrown;
      expect(["protocol_error", "frame_too_large", "flow_control"]).toContain(thrown.code);
      expect(thrown.message).not.toBe("");
    }
  };
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });

  test("of random bytes ends in a named error or waits for more", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), sizes, (bytes, cuts) => {
        onlyWireErrors(Buffer.from(bytes), cuts);
      }),
      { numRuns: 500 },
    );
  });

  test("of valid headers with random payloads ends in a named error or waits for more", () => {
    const types = fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x80, 0xff);
    fc.assert(
      fc.property(types, fc.uint8Array({ maxLength: 120 }), sizes, (type, payload, cuts) => {
        const header = Buffer.alloc(12);
        header.writeUInt32LE(payload.length, 0);
        header.writeUInt8(type, 4);
        onlyWireErrors(Buffer.concat([header, payload]), cuts);
      }),
      { numRuns: 1_000 },
    );
  });

  test("made from a golden vector by changing bytes ends in a named error or gives some frame", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...vectors),
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        sizes,
        (vector, edits, cuts) => {
          const bytes = Buffer.from(vector.hex, "hex");
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          onlyWireErrors(bytes, cuts);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ["a length over the limit", "ffffffff1400000001000000", /announces 4294967295 bytes/],
    ["an HTTP request by mistake", Buffer.from("GET / HTTP/1.1\r\n\r\n").toString("hex"), /announces \d+ bytes/],
    ["an unknown type", "000000000900000001000000", /unknown frame type 9/],
    ["a head longer than its frame", "120000001000000001000000ff00000000000000000000000000000000000000", /head length/],
  ])("%s is refused with the reason", (_, hex, message) => {
    expect(() => readFrames([Buffer.from(hex, "hex")])).toThrow(message);
  });

  test("with an extension type is read on behind that frame", () => {
    const ping = vectors.find((vector) => vector.frame.type === "PING");
    const bytes = Buffer.from(`03000000ff000000000000000a0b0c${ping?.hex ?? ""}`, "hex");
    expect(readFrames(cut(bytes, [13]))).toEqual([ping?.frame]);
  });
});

describe("version choice", () => {
  test.each([
    [{ minVersion: 1, maxVersion: 1 }, { minVersion: 1, maxVersion: 3 }, { version: 1 }],
    [{ minVersion: 1, maxVersion: 4 }, { minVersion: 2, maxVersion: 3 }, { version: 3 }],
    [{ minVersion: 3, maxVersion: 9 }, { minVersion: 1, maxVersion: 3 }, { version: 3 }],
    [
      { minVersion: 1, maxVersion: 1 },
      { minVersion: 2, maxVersion: 3 },
      { refusal: "this side speaks versions 2 to 3, the peer 1 to 1" },
    ],
    [
      { minVersion: 4, maxVersion: 5 },
      { minVersion: 2, maxVersion: 3 },
      { refusal: "this side speaks versions 2 to 3, the peer 4 to 5" },
    ],
  ])("of %j and %j is %j", (theirs, ours, wanted) => {
    expect(chooseVersion(theirs, ours)).toEqual(wanted);
  });
});
