/** Clients that are slow, greedy or in the way: what each may take, and that nobody else notices. */
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";
import { RawClient } from "./raw-client.ts";

const limits = {
  maxHeadBytes: 16_384,
  maxConnections: 1_000,
  headTimeoutMs: 30_000,
  stallTimeoutMs: 60_000,
  keepAliveTimeoutMs: 90_000,
};

async function fixtureWith(
  handle: (request: WireRequest) => void,
  change: Parameters<typeof GatewayFixture.start>[0] = {},
): Promise<GatewayFixture> {
  const fixture = await GatewayFixture.start(change);
  await fixture.route(fixture.slice([await fixture.addReplica("one", handle)]));
  return fixture;
}
const ok = (request: WireRequest): void => request.respond(httpResponseHead(200), Buffer.from("ok"));

describe("time", () => {
  it("a head that comes too slowly is answered 408", async () => {
    await using fixture = await fixtureWith(ok, { limits: { ...limits, headTimeoutMs: 200 } });
    using client = await RawClient.connect(fixture.gateway.port);
    client.write("GET /app HTTP/1.1\r\nHost: 127");
    const answer = await client.answer();
    expect(answer.status).toBe(408);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "request/timeout" });
    expect(await client.rest()).toBe("");
  });

  it("a body that stops coming is answered 408, and its replica is told", async () => {
    let isCancelled = false;
    await using fixture = await fixtureWith((request) => request.onCancel(() => (isCancelled = true)), {
      limits: { ...limits, stallTimeoutMs: 200 },
    });
    using client = await RawClient.connect(fixture.gateway.port);
    client.request("POST /app HTTP/1.1", ["Content-Length: 200000"], Buffer.alloc(150_000));
    expect((await client.answer()).status).toBe(408);
    await eventually(() => isCancelled);
    expect(await client.rest()).toBe("");
  });

  it("a client that takes nothing of its answer is let go, and its replica is told", async () => {
    let isCancelled = false;
    await using fixture = await fixtureWith(
      (request) => {
        request.onCancel(() => (isCancelled = true));
        request.startResponse(httpResponseHead(200));
        const more = (): void => {
          while (!isCancelled && request.write(Buffer.alloc(65_536))) continue;
          if (!isCancelled) void request.drained().then(more);
        };
        more();
      },
      { limits: { ...limits, stallTimeoutMs: 500 } },
    );
    using client = await RawClient.connect(fixture.gateway.port);
    client.socket.pause();
    client.request("GET /app HTTP/1.1");
    await eventually(() => isCancelled);
  });

  it("a connection without a request is closed after the keep-alive time, without a word", async () => {
    await using fixture = await fixtureWith(ok, { limits: { ...limits, keepAliveTimeoutMs: 200 } });
    using client = await RawClient.connect(fixture.gateway.port);
    client.request("GET /app HTTP/1.1");
    await client.answer();
    expect(await client.rest()).toBe("");
  });
});

describe("a body that is not wanted", () => {
  it("over the limit is answered 413, readable for a client that sends all of it before it reads", async () => {
    await using fixture = await fixtureWith(ok, { maxBodyBytes: 100_000 });
    for (const field of ["Content-Length: 16777216", "Transfer-Encoding: chunked"]) {
      const socket = connect({ port: fixture.gateway.port, host: "127.0.0.1" });
      const errors: Error[] = [];
      socket.on("error", (error) => errors.push(error));
      socket.write(`POST /app HTTP/1.1\r\nHost: 127.0.0.1\r\n${field}\r\n\r\n`);
      const piece = Buffer.alloc(65_536, "x");
      for (let sent = 0; sent < 16_777_216; sent += piece.length) {
        if (field.startsWith("T")) socket.write("10000\r\n");
        const isTaken = socket.write(piece);
        if (field.startsWith("T")) socket.write("\r\n");
        if (!isTaken) await new Promise<void>((resolve) => socket.once("drain", resolve));
      }
      let text = "";
      for await (const chunk of socket) text += (chunk as Buffer).toString();
      expect(errors).toEqual([]);
      expect(text).toMatch(/^HTTP\/1\.1 413 /);
      expect(text).toContain("\r\nconnection: close\r\n");
      expect(text).toContain("request/too_large");
    }
  });

  it("is read over when the answer came early, and the connection goes on", async () => {
    const early = (request: WireRequest): void => request.respond(httpResponseHead(403), Buffer.from("no"));
    await using fixture = await fixtureWith(early);
    using client = await RawClient.connect(fixture.gateway.port);
    for (const chunked of [false, true]) {
      client.request("POST /app HTTP/1.1", [chunked ? "Transfer-Encoding: chunked" : "Content-Length: 500000"]);
      if (chunked) client.write("7a120\r\n");
      client.write(Buffer.alloc(100_000, "G"));
      expect(await client.answer()).toMatchObject({ status: 403, body: "no" });
      client.write(Buffer.alloc(400_000, "G"));
      if (chunked) client.write("\r\n0\r\n\r\n");
      client.request("GET /app HTTP/1.1");
      expect(await client.answer()).toMatchObject({ status: 403, body: "no" });
    }
    expect(client.isEnded).toBe(false);
  });

  it("that breaks off after its answer ends the connection, without a second answer", async () => {
    const early = (request: WireRequest): void => request.respond(httpResponseHead(403), Buffer.from("no"));
    await using fixture = await fixtureWith(early);
    using client = await RawClient.connect(fixture.gateway.port);
    client.request("POST /app HTTP/1.1", ["Transfer-Encoding: chunked"], `20000\r\n${"x".repeat(0x20000)}\r\n`);
    expect((await client.answer()).status).toBe(403);
    client.write("not a size\r\n");
    expect(await client.rest()).toBe("");
  });
});

describe("back pressure", () => {
  it("a replica that reads slowly holds its client back, and gets every byte of the chunks", async () => {
    let mayRead = (): void => undefined;
    const gate = new Promise<void>((resolve) => (mayRead = resolve));
    await using fixture = await fixtureWith(
      (request) =>
        void (async () => {
          await gate;
          let sum = 0;
          let bytes = 0;
          for await (const piece of request.body) {
            bytes += piece.length;
            for (const byte of piece) sum = (sum + byte) % 65_521;
          }
          request.respond(httpResponseHead(200), Buffer.from(`${String(bytes)} ${String(sum)}`));
        })(),
      { maxBodyBytes: 64_000_000 },
    );
    using client = await RawClient.connect(fixture.gateway.port);
    client.request("POST /app HTTP/1.1", ["Transfer-Encoding: chunked"]);
    let sum = 0;
    const chunks = 400;
    for (let index = 0; index < chunks; index += 1) {
      const piece = Buffer.alloc(50_000, index % 251);
      sum = (sum + 50_000 * (index % 251)) % 65_521;
      client.write(`${piece.length.toString(16)}\r\n`);
      client.write(piece);
      client.write("\r\n");
    }
    client.write("0\r\n\r\n");
    await stands(() => client.socket.writableLength);
    // 20 MB were given; what the kernel's buffers and the gateway's window hold is less.
    expect(client.socket.writableLength).toBeGreaterThan(4_000_000);
    mayRead();
    expect((await client.answer()).body).toBe(`${String(chunks * 50_000)} ${String(sum)}`);
  });

  it("a client that sends requests without end and reads no answer is not listened to any more", async () => {
    await using fixture = await fixtureWith(ok);
    using client = await RawClient.connect(fixture.gateway.port);
    client.socket.pause();
    const request = `GET /nobody HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${"x".repeat(150)}\r\n\r\n`;
    const bytes = Buffer.from(request.repeat(1_000));
    for (let index = 0; index < 200; index += 1) client.write(bytes);
    await stands(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(bytes.length * 100);
    using other = await RawClient.connect(fixture.gateway.port);
    other.request("GET /app HTTP/1.1");
    expect((await other.answer()).body).toBe("ok");
  });

  it("a stream to HTTP/1.0 that breaks off is a reset, never an end that looks complete", async () => {
    await using fixture = await fixtureWith((request) => {
      request.startResponse(httpResponseHead(200));
      request.write(Buffer.from("half"));
      setTimeout(() => request.connection.destroy("a crash"), 100);
    });
    const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
      const socket = connect({ port: fixture.gateway.port, host: "127.0.0.1" });
      socket.on("error", resolve);
      socket.on("end", () => resolve(null));
      socket.on("data", () => undefined);
      socket.write("POST /app HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n");
    });
    expect(error?.code).toBe("ECONNRESET");
  });
});

describe("connections", () => {
  it("beyond the limit are closed at once, and taken again when others have left", async () => {
    await using fixture = await fixtureWith(ok, { limits: { ...limits, maxConnections: 3 } });
    const { port } = fixture.gateway;
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.connect(port)));
    for (const client of clients) {
      client.request("GET /app HTTP/1.1");
      expect((await client.answer()).status).toBe(200);
    }
    using refused = await RawClient.connect(port);
    expect(await refused.rest()).toBe("");
    clients[0]?.socket.destroy();
    let status = 0;
    while (status !== 200) {
      using again = await RawClient.connect(port);
      again.request("GET /app HTTP/1.1");
      status = await again.answer().then(
        (answer) => answer.status,
        () => 0,
      );
    }
    clients.forEach((client) => client.socket.destroy());
  });
});

describe("a graceful stop", () => {
  it("finishes what runs, says connection: close, takes nothing new, and does not wait for the idle", async () => {
    const held: WireRequest[] = [];
    const fixture = await fixtureWith((request) => void held.push(request));
    const { port } = fixture.gateway;
    using idle = await RawClient.connect(port);
    using busy = await RawClient.connect(port);
    busy.request("GET /app HTTP/1.1");
    await eventually(() => held.length === 1);
    const stopped = fixture.gateway.stop();
    await idle.closed;
    await expect(RawClient.connect(port)).rejects.toThrow("ECONNREFUSED");
    held.forEach(ok);
    const answer = await busy.answer();
    expect(answer).toMatchObject({ status: 200, body: "ok" });
    expect(answer.head).toContain("\r\nconnection: close\r\n");
    await stopped;
    await fixture[Symbol.asyncDispose]();
  });
});

/** Waits until a number is positive and has not changed for a quarter of a second. */
async function stands(value: () => number): Promise<void> {
  let last = -1;
  let sinceMs = performance.now();
  await eventually(() => {
    const now = value();
    if (now !== last) sinceMs = performance.now();
    last = now;
    return now > 0 && performance.now() - sinceMs > 250;
  });
}
