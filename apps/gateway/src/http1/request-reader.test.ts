import { expect, it } from "vitest";
import type { ParsedHead } from "./parse-head.ts";
import { RequestReader } from "./request-reader.ts";

/** Reads pieces and says what was told; every request counts as answered at once. */
function read(pieces: readonly string[], maxHeadBytes = 1_000): readonly string[] {
  const told: string[] = [];
  const add = (text: string): void => {
    const last = told.at(-1);
    if (text.startsWith("bytes ") && last?.startsWith("bytes ") === true) told[told.length - 1] = last + text.slice(6);
    else told.push(text);
  };
  const reader: RequestReader = new RequestReader(
    {
      mayBegin: () => true,
      onHeadBegun: () => undefined,
      onHead: (head: ParsedHead) => {
        add(`${head.method} ${head.target}`);
        if (reader.phase === "answering") reader.phase = "idle";
      },
      onBytes: (piece) => add(`bytes ${piece.toString("latin1")}`),
      onBodyEnd: () => {
        add("end");
        reader.phase = "idle";
      },
      onFault: (status) => {
        add(String(status));
        reader.phase = "closed";
      },
      onHttp2: (preface) => add(`http2 ${String(preface.length)}`),
    },
    maxHeadBytes,
  );
  for (const piece of pieces) reader.take(Buffer.from(piece, "latin1"));
  return told;
}

const stream =
  "\r\nGET /one HTTP/1.1\r\nHost: h\r\n\r\n" +
  "POST /two HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab\r\n\r" +
  "\r\n\r\nPOST /three HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\nx: y\r\n\r\n" +
  "POST /four HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n" +
  "G@T / HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\nHost: h\r\n\r\n";
const meaning = [
  "GET /one",
  "POST /two",
  "bytes ab\r\n\r",
  "end",
  "POST /three",
  "bytes GET",
  "end",
  "POST /four",
  "400",
];

it("understands the same requests wherever their bytes are cut", () => {
  for (let at = 0; at <= stream.length; at += 1) expect(read([stream.slice(0, at), stream.slice(at)])).toEqual(meaning);
  expect(read([...stream])).toEqual(meaning);
});

it("forgives empty lines before a request, but not without end", () => {
  expect(read(["\r\n".repeat(30), "GET / HTTP/1.1\r\nHost: h\r\n\r\n"])).toEqual(["GET /"]);
  expect(read(["\r\n".repeat(33)])).toEqual(["400"]);
  expect(read(Array.from({ length: 100 }, () => "\r\n"))).toEqual(["400"]);
});

it("is between requests after an empty line, not inside one", () => {
  const reader = new RequestReader(
    {
      mayBegin: () => true,
      onHeadBegun: () => expect.fail("a head has begun"),
      onHead: () => undefined,
      onBytes: () => undefined,
      onBodyEnd: () => undefined,
      onFault: () => undefined,
      onHttp2: () => undefined,
    },
    1_000,
  );
  reader.take(Buffer.from("\r\n"));
  expect(reader.phase).toBe("idle");
  expect(reader.aheadBytes).toBe(0);
});

it("takes a head up to its limit, to the byte", () => {
  const head = `GET / HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(60)}\r\n\r\n`;
  expect(read([head], head.length)).toEqual(["GET /"]);
  expect(read([head], head.length - 1)).toEqual(["431"]);
  expect(read([head.slice(0, -4), head.slice(-4)], head.length)).toEqual(["GET /"]);
  expect(read([head.slice(0, -1)], head.length - 2)).toEqual(["431"]);
});

it("tells the preface of HTTP/2 only at the start of a connection", () => {
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  expect(read([preface])).toEqual(["http2 24"]);
  expect(read([`GET / HTTP/1.1\r\nHost: h\r\n\r\n${preface}`])).toEqual(["GET /", "505"]);
});
