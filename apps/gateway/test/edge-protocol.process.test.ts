/** HTTP/1.1 on real sockets: what a client may expect of the gateway, whatever the replica answers. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";
import { RawClient } from "./raw-client.ts";

let fixture: GatewayFixture;
let port: number;
/** Paths whose requests came to the replica, and those that were given up. */
const arrived: string[] = [];
const cancelled: string[] = [];

/** Answers by path. What a path needs beyond `ok` is said by its name. */
function answerByPath(request: WireRequest): void {
  if (request.head.kind !== "http") return;
  const { target, method } = request.head;
  const path = target.replace(/^\/app\/?/, "");
  const respond = (status: number, headers: readonly string[], text: string): void =>
    request.respond(httpResponseHead(status, [...headers]), Buffer.from(text));
  arrived.push(path);
  request.onCancel(() => cancelled.push(path));
  if (path === "target") return respond(200, [], target);
  if (path === "headers") return respond(200, [], JSON.stringify(request.head.headers));
  if (path === "echo") return void request.readBody(10_000_000).then((body) => respond(200, [], body.toString()));
  if (path === "nothing") return respond(204, ["content-length", "5"], "");
  if (path === "unchanged") return respond(304, ["etag", '"a"', "content-length", "5"], "");
  if (path === "length")
    return respond(200, ["content-length", method === "HEAD" ? "7" : "2"], method === "HEAD" ? "" : "ok");
  if (path === "wrong-length") return respond(200, ["content-length", "3"], "ok");
  if (path === "early") return respond(403, [], "no");
  if (path === "hang") return;
  if (["stream", "short", "long", "endless"].includes(path)) {
    const announced = path === "stream" || path === "endless" ? [] : ["content-length", "10"];
    request.startResponse(httpResponseHead(200, announced));
    request.write(Buffer.from("12345"));
    if (path === "long") request.write(Buffer.from("678901HTTP/1.1 200 OK\r\n\r\n"));
    if (path !== "endless") request.end(path === "stream" ? Buffer.from("67890") : undefined);
    return;
  }
  return respond(200, [], `ok ${path}`);
}

beforeAll(async () => {
  fixture = await GatewayFixture.start({ maxBodyBytes: 1_000_000 });
  await fixture.route(fixture.slice([await fixture.addReplica("one", answerByPath)], { maxOngoingRequests: 200 }));
  ({ port } = fixture.gateway);
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe("one connection", () => {
  it("carries request after request", async () => {
    using client = await RawClient.connect(port);
    for (let turn = 0; turn < 3; turn += 1) {
      client.request(`GET /app/${String(turn)} HTTP/1.1`);
      expect(await client.answer()).toMatchObject({ status: 200, body: `ok ${String(turn)}` });
    }
    expect(client.isEnded).toBe(false);
  });

  it("answers 100 pipelined requests in their order, whatever each of them is", async () => {
    using client = await RawClient.connect(port);
    const paths = ["stream", "x", "echo", "nothing", "early"];
    const plan = Array.from({ length: 100 }, (_, index) => paths[index % paths.length] ?? "");
    client.write(
      plan
        .map((path, index) => {
          const body = path === "echo" ? `body ${String(index)}` : "";
          return `POST /app/${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`;
        })
        .join(""),
    );
    for (const [index, path] of plan.entries()) {
      const expected = { stream: "1234567890", x: "ok x", echo: `body ${String(index)}`, nothing: "", early: "no" }[
        path
      ];
      expect((await client.answer()).body).toBe(expected);
    }
    expect(client.unread).toBe("");
  });

  it("ends after the answer when the client asks for that, and what was pipelined behind is not answered", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/1 HTTP/1.1", ["Connection: close"]);
    client.request("GET /app/2 HTTP/1.1");
    const answer = await client.answer();
    expect(answer.head).toContain("\r\nconnection: close\r\n");
    expect(await client.rest()).toBe("");
  });

  it("is kept over an empty line between requests", async () => {
    using client = await RawClient.connect(port);
    client.request("POST /app/echo HTTP/1.1", ["Content-Length: 2"], "hi\r\n");
    expect((await client.answer()).body).toBe("hi");
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).body).toBe("ok x");
  });
});

describe("HTTP/1.0", () => {
  it("gets one answer and the end of the connection", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/x HTTP/1.0");
    expect(await client.answer()).toMatchObject({ status: 200, body: "ok x" });
    expect(await client.rest()).toBe("");
  });

  it("keeps the connection when it asks for that", async () => {
    using client = await RawClient.connect(port);
    for (let turn = 0; turn < 2; turn += 1) {
      client.request("GET /app/x HTTP/1.0", ["Connection: keep-alive"]);
      const answer = await client.answer();
      expect(answer.head).toContain("\r\nconnection: keep-alive\r\n");
      expect(answer.body).toBe("ok x");
    }
  });

  it("gets a stream without chunks, ended by the connection", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/stream HTTP/1.0", ["Connection: keep-alive"]);
    const answer = await client.answer();
    expect(answer.head).toContain("\r\nconnection: close\r\n");
    expect(answer.head).not.toContain("transfer-encoding");
    expect(answer.body).toBe("1234567890");
  });
});

describe("answers without a body", () => {
  it("to HEAD keep the length that GET would have", async () => {
    using client = await RawClient.connect(port);
    client.request("HEAD /app/length HTTP/1.1");
    expect((await client.answer(true)).head).toContain("\r\ncontent-length: 7\r\n");
    client.request("HEAD /app/stream HTTP/1.1");
    expect((await client.answer(true)).status).toBe(200);
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).body).toBe("ok x");
  });

  it("204 has no length, 304 may have one, and the next answer begins right behind", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/nothing HTTP/1.1");
    client.request("GET /app/unchanged HTTP/1.1");
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).head).not.toContain("content-length");
    expect((await client.answer()).head).toContain("content-length: 5");
    expect((await client.answer()).body).toBe("ok x");
  });
});

describe("the length of an answer", () => {
  it("is said once, also when the replica says it too", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/length HTTP/1.1");
    const { head, body } = await client.answer();
    expect(head.match(/content-length/g)).toHaveLength(1);
    expect(body).toBe("ok");
  });

  it("that its body contradicts becomes a 502, and the connection goes on", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/wrong-length HTTP/1.1");
    expect((await client.answer()).status).toBe(502);
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).body).toBe("ok x");
  });

  it.each(["short", "long"])("that a stream turns out too %s for cuts the connection", async (path) => {
    using client = await RawClient.connect(port);
    client.request(`GET /app/${path} HTTP/1.1`);
    client.request("GET /app/x HTTP/1.1");
    const received = await client.rest();
    const body = received.slice(received.indexOf("\r\n\r\n") + 4);
    // Never the whole length, and nothing that could be taken for another answer.
    expect(body.length).toBeLessThan(10);
    expect(received.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe("what a client says about its request", () => {
  it("Expect: 100-continue is met before the body is sent", async () => {
    using client = await RawClient.connect(port);
    client.request("POST /app/echo HTTP/1.1", ["Expect: 100-continue", "Content-Length: 4"]);
    expect(await client.answer()).toMatchObject({ status: 100 });
    client.write("body");
    expect(await client.answer()).toMatchObject({ status: 200, body: "body" });
  });

  it("a body that would be refused is refused before it is sent, and the connection ends", async () => {
    using client = await RawClient.connect(port);
    client.request("POST /app/echo HTTP/1.1", ["Expect: 100-continue", "Content-Length: 4000000"]);
    const answer = await client.answer();
    expect(answer.status).toBe(413);
    expect(answer.head).toContain("\r\nconnection: close\r\n");
    expect(await client.rest()).toBe("");
  });

  it("an absolute target counts, and so does its host", async () => {
    using client = await RawClient.connect(port);
    client.request("GET http://127.0.0.1/app/target HTTP/1.1");
    expect((await client.answer()).body).toBe("/app/target");
    client.request("GET http://evil.example/app/target HTTP/1.1");
    expect((await client.answer()).status).toBe(421);
  });

  it("what speaks about its connection does not reach the replica, and trailers are read over", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/headers HTTP/1.1", ["Connection: X-Hop", "X-Hop: 1", "TE: trailers", "X-Kept: 2"]);
    expect(JSON.parse((await client.answer()).body)).toEqual(["x-kept", "2", "host", "127.0.0.1"]);
    client.request("POST /app/echo HTTP/1.1", ["Transfer-Encoding: chunked"], "2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n");
    expect((await client.answer()).body).toBe("hi");
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).body).toBe("ok x");
  });

  it("an offer of another protocol is passed over", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app/echo HTTP/1.1", [
      "Connection: Upgrade, HTTP2-Settings",
      "Upgrade: h2c",
      "HTTP2-Settings: AA",
    ]);
    expect(await client.answer()).toMatchObject({ status: 200, body: "" });
  });
});

describe("what is not HTTP", () => {
  it.each<[string, string | Buffer, number]>([
    ["a head beyond the limit", `GET /app HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
    ["a head without end", `GET /app HTTP/1.1\r\nX: ${"x".repeat(20_000)}`, 431],
    ["two lengths", "POST /app HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400],
    ["random bytes with line ends", Buffer.concat([seededBytes(3_000), Buffer.from("\r\n\r\n")]), 400],
    ["HTTP/3.7", "GET / HTTP/3.7\r\nHost: h\r\n\r\n", 505],
    ["a broken chunk", "POST /app/echo HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400],
  ])("%s is told why, in JSON, and the connection ends", async (_, bytes, status) => {
    using client = await RawClient.connect(port);
    client.write(bytes);
    const answer = await client.answer();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ status, request_id: expect.any(String) });
    expect(answer.head).toContain("\r\nconnection: close\r\n");
    expect(await client.rest()).toBe("");
  });

  it("a head that is too long is told which setting limits it", async () => {
    using client = await RawClient.connect(port);
    client.request("GET /app HTTP/1.1", [`X: ${"x".repeat(20_000)}`]);
    const { detail } = JSON.parse((await client.answer()).body) as { detail: string };
    expect(detail).toMatch(/has more than 16384 bytes; .*\(SLUICE_MAX_HEAD_BYTES\)\.$/);
  });

  it("a TLS hello on the clear port ends without a word of the application", async () => {
    using client = await RawClient.connect(port);
    client.write(Buffer.from("16030100a5010000a10303", "hex"));
    client.write(seededBytes(200));
    client.socket.end();
    await client.closed;
    expect(client.unread).not.toContain("200 OK");
  });

  it("the preface of HTTP/2 with random bytes behind it ends its own connection and nothing else", async () => {
    const random = seededBytes(50 * 200);
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        using client = await RawClient.connect(port);
        client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        client.write(random.subarray(index * 200, index * 200 + 200));
        await client.closed;
      }),
    );
    using client = await RawClient.connect(port);
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).body).toBe("ok x");
  });

  it("200 connections of random bytes cost nobody else anything", async () => {
    const random = seededBytes(200 * 500);
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        using client = await RawClient.connect(port);
        client.write(random.subarray(index * 500, index * 500 + 500));
        client.socket.end();
        await client.closed;
      }),
    );
    using client = await RawClient.connect(port);
    client.request("GET /app/x HTTP/1.1");
    expect((await client.answer()).body).toBe("ok x");
  });
});

describe("a client that goes", () => {
  it("cancels its request in the replica, in the middle of a stream and before any answer", async () => {
    for (const path of ["endless", "hang"]) {
      cancelled.length = 0;
      using client = await RawClient.connect(port);
      client.request(`GET /app/${path} HTTP/1.1`);
      if (path === "endless") await eventually(() => client.unread.includes("12345"));
      else await eventually(() => arrived.includes(path));
      client.socket.destroy();
      await eventually(() => cancelled.includes(path));
    }
  });

  it("or only ends its own direction, is as good as gone", async () => {
    cancelled.length = 0;
    arrived.length = 0;
    using client = await RawClient.connect(port, { allowHalfOpen: true });
    client.request("GET /app/hang HTTP/1.1");
    await eventually(() => arrived.includes("hang"));
    client.socket.end();
    await eventually(() => cancelled.includes("hang"));
    expect(await client.rest()).toBe("");
  });

  it("in the middle of a body never has its request answered as if it were complete", async () => {
    using client = await RawClient.connect(port, { allowHalfOpen: true });
    client.request("POST /app/echo HTTP/1.1", ["Content-Length: 10"], "half");
    client.socket.end();
    expect(await client.rest()).toBe("");
  });
});

/** The same bytes at each run; each value about equally often. */
function seededBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let state = 12_345;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes;
}
