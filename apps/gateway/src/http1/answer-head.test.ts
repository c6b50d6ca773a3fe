import { describe, expect, it } from "vitest";
import { Announced, encodeAnswerHead, Framing } from "./answer-head.ts";

const nowMs = Date.UTC(2030, 0, 2, 3, 4, 5);
const date = "date: Wed, 02 Jan 2030 03:04:05 GMT\r\n";
const encode = (status: number, headers: readonly string[], announcedBytes: number = Announced.asGiven): string =>
  encodeAnswerHead(status, headers, Framing.length, announcedBytes, "", nowMs);

describe("the head of an answer", () => {
  it("has status, fields, framing, connection and date", () => {
    expect(encodeAnswerHead(200, ["x-a", "1"], Framing.chunked, Announced.asGiven, "close", nowMs)).toBe(
      `HTTP/1.1 200 OK\r\nx-a: 1\r\ntransfer-encoding: chunked\r\nconnection: close\r\n${date}\r\n`,
    );
  });

  it("has one length: that of the body, the given one, or none", () => {
    const given = ["content-length", "7", "x-a", "1"];
    expect(encode(200, given)).toBe(`HTTP/1.1 200 OK\r\ncontent-length: 7\r\nx-a: 1\r\n${date}\r\n`);
    expect(encode(200, given, 5)).toBe(`HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 5\r\n${date}\r\n`);
    expect(encode(204, given, Announced.none)).toBe(`HTTP/1.1 204 No Content\r\nx-a: 1\r\n${date}\r\n`);
  });

  it("keeps the replica's date", () => {
    expect(encode(200, ["date", "then"])).toBe("HTTP/1.1 200 OK\r\ndate: then\r\n\r\n");
  });

  it("follows the clock from second to second", () => {
    expect(encodeAnswerHead(200, [], Framing.length, 0, "", nowMs + 1_000)).toContain("03:04:06 GMT");
    expect(encodeAnswerHead(200, [], Framing.length, 0, "", nowMs)).toContain("03:04:05 GMT");
  });

  it("names a status that nobody knows", () => {
    expect(encode(299, [])).toMatch(/^HTTP\/1\.1 299 \S+\r\n/);
  });

  it.each([0, 99, 1_000, 200.5, Number.NaN, -200])("refuses the status %d", (status) => {
    expect(() => encode(status, [])).toThrow(RangeError);
  });

  it.each([
    ["a second line", "a\r\nset-cookie: stolen=1"],
    ["a second answer", "a\r\n\r\nHTTP/1.1 200 OK"],
    ["a bare CR", "a\rb"],
    ["a bare LF", "a\nb"],
    ["NUL", "a\0b"],
    ["DEL", "a\x7f"],
    // Written as latin1, the low byte of this character is a line feed.
    ["a character beyond one byte", "a\u010ab"],
    ["another one, whose low byte is CR", "a\u560d\u560ab"],
  ])("cannot be split by %s in a value", (_, value) => {
    expect(() => encode(200, ["x-a", value])).toThrow(TypeError);
  });

  it.each(["", "a b", "a:b", "a\r\nb", "a\0", "caf\xe9", "\u010a"])("refuses the field name %j", (name) => {
    expect(() => encode(200, [name, "1"])).toThrow(TypeError);
  });

  it("takes tabs and bytes beyond ASCII in a value", () => {
    expect(encode(200, ["x-a", "a\tb \xe9"])).toContain("x-a: a\tb \xe9\r\n");
  });
});
