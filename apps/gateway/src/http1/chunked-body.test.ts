import { describe, expect, it } from "vitest";
import { ChunkedBody, ChunkFault } from "./chunked-body.ts";

/** Reads pieces one after the other; the rest of the last one, once the body is done. */
function read(pieces: readonly Buffer[], onData: (piece: Buffer) => boolean = () => true) {
  const body = new ChunkedBody();
  const data: Buffer[] = [];
  let rest = "";
  for (const piece of pieces) {
    let at = 0;
    while (at < piece.length && !body.isDone) {
      at = body.read(piece, at, (each) => {
        data.push(Buffer.from(each));
        return onData(each);
      });
    }
    rest += piece.toString("latin1", at);
  }
  return { text: Buffer.concat(data).toString("latin1"), isDone: body.isDone, rest };
}
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

const message = '4\r\nWiki\r\n00B;name="v; w";x;y=z\r\npedia\r\nin\r\n\r\n0\r\nX-Trailer: 1\r\nX-Two:\r\n\r\nGET /next';
const meaning = { text: "Wikipedia\r\nin\r\n", isDone: true, rest: "GET /next" };

describe("a body in chunks", () => {
  it("means the same however it is cut in two", () => {
    for (let at = 0; at <= message.length; at += 1)
      expect(read([bytes(message.slice(0, at)), bytes(message.slice(at))])).toEqual(meaning);
  });

  it("means the same byte by byte", () => {
    expect(read([...message].map(bytes))).toEqual(meaning);
  });

  it("means the same when its reader stops after each piece", () => {
    expect(read([bytes(message)], () => false)).toEqual(meaning);
  });

  it("may be empty", () => {
    expect(read([bytes("0\r\n\r\n")])).toEqual({ text: "", isDone: true, rest: "" });
  });

  it.each([
    ["no size", "\r\nWiki\r\n"],
    ["a size that is no number", "x\r\n"],
    ["a signed size", "+4\r\nWiki\r\n"],
    ["a negative size", "-4\r\nWiki\r\n"],
    ["a size with a prefix", "0x4\r\nWiki\r\n"],
    ["a size of nine digits", "000000004\r\nWiki\r\n"],
    ["a space before the size", " 4\r\nWiki\r\n"],
    ["words after the size", "4 4\r\nWiki\r\n"],
    ["a space after the size", "4 \r\nWiki\r\n"],
    ["a space before an extension", "4 ;a\r\nWiki\r\n"],
    ["an extension without name", "4;\r\nWiki\r\n"],
    ["an extension without value", "4;a=\r\nWiki\r\n"],
    ["an extension that is not quoted to its end", '4;a="b\r\nWiki\r\n'],
    ["a size line that ends with LF", "4\nWiki\r\n"],
    ["a bare CR in an extension", "4;a\rb\r\nWiki\r\n"],
    ["NUL in an extension", "4;a\0\r\nWiki\r\n"],
    ["more bytes than the size", "4\r\nWikipedia\r\n"],
    ["fewer bytes than the size", "6\r\nWiki\r\n0\r\n\r\n"],
    ["an end of a chunk with LF only", "4\r\nWiki\n0\r\n\r\n"],
    ["an end of the trailers with LF only", "0\r\n\n"],
    ["a request for a trailer", "0\r\nGET /evil HTTP/1.1\r\nHost: h\r\n\r\n"],
    ["a trailer with a space before the colon", "0\r\nx : 1\r\n\r\n"],
    ["a length in the trailers", "0\r\nContent-Length: 5\r\n\r\n"],
    ["a coding in the trailers", "0\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a folded trailer", "0\r\nx: 1\r\n y\r\n\r\n"],
    ["NUL in a trailer", "0\r\nx: \0\r\n\r\n"],
    ["a line without end", `4;${"x".repeat(2_000)}`],
    ["trailers without end", `0\r\n${"x-trailer: 1\r\n".repeat(1_000)}\r\n`],
  ])("is refused with %s, whole and byte by byte", (_, text) => {
    expect(() => read([bytes(text)])).toThrow(ChunkFault);
    expect(() => read([...text].map(bytes))).toThrow(ChunkFault);
  });
});
