import { describe, expect, it } from "vitest";
import { parseHead, type HeadFault, type ParsedHead } from "./parse-head.ts";

/** A head of these lines, without the empty one. */
const read = (...lines: string[]): ParsedHead | HeadFault => parseHead(lines.join("\r\n"));
const get = (...fields: string[]): ParsedHead | HeadFault => read("GET /a HTTP/1.1", "Host: h", ...fields);
const post = (...fields: string[]): ParsedHead | HeadFault => read("POST /a HTTP/1.1", "Host: h", ...fields);

describe("what is taken", () => {
  it("method, target, fields in order with names in lower case, and Host last", () => {
    expect(read("PATCH /a?b=%20c HTTP/1.1", "X-One: 1 ", "Host:\th:80\t", "x-two:", "X-Three: a\tb \xe9")).toEqual({
      kind: "head",
      method: "PATCH",
      target: "/a?b=%20c",
      host: "h:80",
      headers: ["x-one", "1", "x-two", "", "x-three", "a\tb \xe9", "host", "h:80"],
      bodyBytes: 0,
      isOld: false,
      keepAlive: true,
      expectsContinue: false,
      upgrade: "",
    });
  });

  it.each<[string, readonly string[], Partial<ParsedHead>]>([
    ["a length", ["Content-Length: 17"], { bodyBytes: 17 }],
    ["a length of nothing", ["Content-Length: 0"], { bodyBytes: 0 }],
    ["chunks, in any case", ["Transfer-Encoding: Chunked"], { bodyBytes: -1 }],
    ["an expectation", ["Expect: 100-Continue", "Content-Length: 1"], { expectsContinue: true }],
    ["an end of the connection", ["Connection: Close"], { keepAlive: false }],
    ["an end among others", ["Connection: keep-alive, close"], { keepAlive: false }],
    ["an end in a second line", ["Connection: keep-alive", "Connection: close"], { keepAlive: false }],
    ["an upgrade", ["Upgrade: WebSocket", "Connection: keep-alive, Upgrade"], { upgrade: "websocket" }],
    ["an upgrade that Connection does not name", ["Upgrade: websocket"], { upgrade: "" }],
    ["an offer of HTTP/2", ["Upgrade: h2c", "Connection: Upgrade, HTTP2-Settings"], { upgrade: "" }],
    [
      "an upgrade with a body",
      ["Upgrade: websocket", "Connection: Upgrade", "Content-Length: 3"],
      { upgrade: "", bodyBytes: 3 },
    ],
  ])("%s", (_, fields, expected) => {
    expect(post(...fields)).toMatchObject({ kind: "head", ...expected });
  });

  it("HTTP/1.0 without Host, which ends after one answer unless it asks for more", () => {
    const old = (...fields: string[]): ParsedHead | HeadFault => read("GET / HTTP/1.0", ...fields);
    expect(old()).toMatchObject({ isOld: true, keepAlive: false, host: undefined, headers: [] });
    expect(old("Connection: Keep-Alive")).toMatchObject({ keepAlive: true });
    expect(old("Connection: keep-alive, close")).toMatchObject({ keepAlive: false });
    expect(old("Expect: 100-continue")).toMatchObject({ expectsContinue: false });
  });

  it.each([
    ["http://other:81/x?y", "/x?y", "other:81"],
    ["HTTP://other", "/", "other"],
    ["https://other?q", "/?q", "other"],
    ["http://[::1]:8000/", "/", "[::1]:8000"],
  ])("the absolute target %s, whose authority takes the place of Host", (target, path, host) => {
    const head = read(`GET ${target} HTTP/1.1`, "Host: h");
    expect(head).toMatchObject({ target: path, host, headers: ["host", host] });
  });

  it("OPTIONS of everything", () => {
    expect(read("OPTIONS * HTTP/1.1", "Host: h")).toMatchObject({ kind: "head", target: "*" });
  });

  it("an unknown method that is a token", () => {
    expect(read("brew /pot HTTP/1.1", "Host: h")).toMatchObject({ kind: "head", method: "brew" });
  });

  it("a field named like a property of every object", () => {
    expect(get("constructor: a", "__proto__: b")).toMatchObject({
      headers: ["constructor", "a", "__proto__", "b", "host", "h"],
    });
  });
});

describe("what is not passed on", () => {
  it("fields that speak about this connection, and those that Connection names, save length and host", () => {
    const head = post(
      "Keep-Alive: timeout=5",
      "TE: trailers",
      "Trailer: x",
      "Proxy-Connection: keep-alive",
      "Proxy-Authorization: basic eA==",
      "HTTP2-Settings: AA",
      "Connection: X-Hop, host, content-length",
      "X-Hop: 1",
      "X-Kept: 2",
      "Content-Length: 3",
    );
    expect(head).toMatchObject({ headers: ["x-kept", "2", "content-length", "3", "host", "h"] });
  });
});

describe("what is refused", () => {
  it.each<[string, number, readonly string[]]>([
    ["nothing", 400, [""]],
    ["one word", 400, ["GET"]],
    ["no version", 400, ["GET /"]],
    ["two spaces", 400, ["GET  / HTTP/1.1", "Host: h"]],
    ["a space at the start", 400, [" GET / HTTP/1.1", "Host: h"]],
    ["a space at the end", 505, ["GET / HTTP/1.1 ", "Host: h"]],
    ["a space in the target", 400, ["GET /a b HTTP/1.1", "Host: h"]],
    ["a tab in the first line", 400, ["GET\t/ HTTP/1.1", "Host: h"]],
    ["lower case http", 400, ["GET / http/1.1", "Host: h"]],
    ["HTTP/1.2", 505, ["GET / HTTP/1.2", "Host: h"]],
    ["HTTP/0.9", 505, ["GET / HTTP/0.9", "Host: h"]],
    ["HTTP/2.0 without its preface", 505, ["GET / HTTP/2.0", "Host: h"]],
    ["a method that is no token", 400, ["G@T / HTTP/1.1", "Host: h"]],
    ["a method without end", 400, [`${"A".repeat(33)} / HTTP/1.1`, "Host: h"]],
    ["CONNECT", 501, ["CONNECT h:80 HTTP/1.1", "Host: h"]],
    ["TRACE", 501, ["TRACE / HTTP/1.1", "Host: h"]],
    ["a target without a slash", 400, ["GET a HTTP/1.1", "Host: h"]],
    ["a target of another scheme", 400, ["GET ftp://h/ HTTP/1.1", "Host: h"]],
    ["an absolute target without authority", 400, ["GET http:///a HTTP/1.1", "Host: h"]],
    ["a user in the authority", 400, ["GET http://me@h/ HTTP/1.1", "Host: h"]],
    ["* for GET", 400, ["GET * HTTP/1.1", "Host: h"]],
    ["a fragment", 400, ["GET /#a HTTP/1.1", "Host: h"]],
    ["a target with a raw byte", 400, ["GET /\xe9 HTTP/1.1", "Host: h"]],
    ["no Host", 400, ["GET / HTTP/1.1"]],
    ["two Hosts", 400, ["GET / HTTP/1.1", "Host: h", "Host: h"]],
    ["a Host with a space", 400, ["GET / HTTP/1.1", "Host: h i"]],
    ["a Host with a path", 400, ["GET / HTTP/1.1", "Host: h/i"]],
    ["a field without colon", 400, ["GET / HTTP/1.1", "Host: h", "x"]],
    ["a field without name", 400, ["GET / HTTP/1.1", "Host: h", ": x"]],
    ["a space before the colon", 400, ["GET / HTTP/1.1", "Host: h", "x : 1"]],
    ["a folded line", 400, ["GET / HTTP/1.1", "Host: h", "x: 1", " 2"]],
    ["a folded line with a colon", 400, ["GET / HTTP/1.1", "Host: h", "x: 1", "\ty: 2"]],
    ["NUL in a value", 400, ["GET / HTTP/1.1", "Host: h", "x: a\0b"]],
    ["a bare CR", 400, ["GET / HTTP/1.1", "Host: h", "x: a\rb"]],
    ["a bare LF", 400, ["GET / HTTP/1.1", "Host: h", "x: a\ny: b"]],
    ["DEL in a value", 400, ["GET / HTTP/1.1", "Host: h", "x: \x7f"]],
    ["two lengths", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: 1", "Content-Length: 1"]],
    ["a list of lengths", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: 1, 1"]],
    ["a signed length", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: +1"]],
    ["a hexadecimal length", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: 0x1"]],
    ["a tab after the length", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: 1\t"]],
    ["an empty length", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length:"]],
    ["a length beyond 2^53", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: 9007199254740993"]],
    ["length and chunks", 400, ["POST / HTTP/1.1", "Host: h", "Content-Length: 1", "Transfer-Encoding: chunked"]],
    ["chunks in HTTP/1.0", 400, ["POST / HTTP/1.0", "Host: h", "Transfer-Encoding: chunked"]],
    ["two codings", 400, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding: a", "Transfer-Encoding: chunked"]],
    ["gzip in chunks", 501, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding: gzip, chunked"]],
    ["chunks that are not last", 501, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked, identity"]],
    ["nearly chunked", 501, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding: xchunked"]],
    ["a tab before the coding", 400, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding:\tchunked"]],
    ["a tab after the coding", 400, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked\t"]],
    ["an empty coding", 501, ["POST / HTTP/1.1", "Host: h", "Transfer-Encoding:"]],
    ["another expectation", 417, ["POST / HTTP/1.1", "Host: h", "Expect: 200-ok"]],
    ["an empty expectation", 417, ["POST / HTTP/1.1", "Host: h", "Expect:"]],
    ["two expectations", 417, ["POST / HTTP/1.1", "Host: h", "Expect: 200-ok", "Expect: 100-continue"]],
  ])("%s: %i", (_, status, lines) => {
    expect(read(...lines)).toMatchObject({ kind: "fault", status });
  });
});
