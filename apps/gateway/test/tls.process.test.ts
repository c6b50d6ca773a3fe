/** A port for TLS: what it says to those who speak it, and to those who do not. */
import { connect as connectHttp2 } from "node:http2";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { httpResponseHead } from "@sluice/wire";
import { GatewayFixture } from "./gateway-fixture.ts";
import { RawClient } from "./raw-client.ts";

const files = { cert: join(import.meta.dirname, "tls/cert.pem"), key: join(import.meta.dirname, "tls/key.pem") };

let fixture: GatewayFixture;
let port = 0;
let served = 0;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function statusOf(of: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpsRequest(`https://127.0.0.1:${String(of)}/app`, { rejectUnauthorized: false, agent: false }, (response) =>
      resolve(response.resume().statusCode),
    )
      .on("error", reject)
      .end();
  });
}

beforeAll(async () => {
  fixture = await GatewayFixture.start({ certificateFiles: files });
  const replica = await fixture.addReplica("one", (request) => {
    served += 1;
    request.respond(httpResponseHead(200), Buffer.from("ok"));
  });
  await fixture.route(fixture.slice([replica]));
  port = fixture.gateway.port;
});
afterAll(async () => fixture[Symbol.asyncDispose]());

describe("plain HTTP to a port for TLS", () => {
  it.each<[string, string, number]>([
    ["a GET", "GET /app HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400],
    ["a POST with its body", `POST /app HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello`, 400],
    [
      "a POST that asks whether to go on",
      "POST /app HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
      400,
    ],
    ["a Host that it does not answer to", "GET /app HTTP/1.1\r\nHost: elsewhere\r\n\r\n", 400],
    ["what is no HTTP", "hello\r\n\r\n", 400],
    ["a head beyond the limit", `GET /app HTTP/1.1\r\nHost: h\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ])("%s is told that the port speaks TLS, in JSON, and the connection ends", async (_, bytes, status) => {
    const before = served;
    using client = await RawClient.connect(port);
    client.write(bytes);
    const answer = await client.answer();
    expect(answer.head).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
    expect(answer.head).toContain("\r\ncontent-type: application/problem+json\r\n");
    expect(answer.head).toContain("\r\nconnection: close\r\n");
    expect(JSON.parse(answer.body)).toMatchObject({
      status,
      code: "request/invalid",
      detail: "This port speaks TLS. Use https:// instead of http:// in the address.",
      request_id: expect.any(String),
    });
    expect(await client.rest()).toBe("");
    expect(served).toBe(before);
  });

  it("is answered although its first byte comes alone", async () => {
    using client = await RawClient.connect(port);
    client.write("G");
    client.write("ET /app HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    expect((await client.answer()).status).toBe(400);
  });
});

describe.each([
  ["says nothing", Buffer.alloc(0)],
  ["begins a handshake and says no more", Buffer.from([0x16, 3, 1, 0, 200])],
  ["speaks a broken TLS", Buffer.from([0x16, 3, 1, 0, 2, 9, 9])],
])("a client that %s", (_, hello) => {
  const hastyLimits = {
    maxHeadBytes: 16_384,
    maxConnections: 3,
    headTimeoutMs: 100,
    stallTimeoutMs: 60_000,
    keepAliveTimeoutMs: 60_000,
  };

  it("is let go after the time for a head", async () => {
    await using hasty = await GatewayFixture.start({ certificateFiles: files, limits: hastyLimits });
    using client = await RawClient.connect(hasty.gateway.port);
    client.write(hello);
    await client.rest();
  });

  it("takes no place when it has left", async () => {
    await using hasty = await GatewayFixture.start({ certificateFiles: files, limits: hastyLimits });
    for (let n = 0; n < 2 * hastyLimits.maxConnections; n += 1) {
      const client = await RawClient.connect(hasty.gateway.port);
      client.write(hello);
      await pause(20);
      client[Symbol.dispose]();
    }
    await vi.waitFor(async () => expect(await statusOf(hasty.gateway.port)).toBe(503), { timeout: 5_000 });
  });

  it("does not hold up a stop", async () => {
    await using stopping = await GatewayFixture.start({ certificateFiles: files });
    using client = await RawClient.connect(stopping.gateway.port);
    client.write(hello);
    await pause(20);
    await stopping.restart();
    await client.rest();
  });
});

describe("TLS", () => {
  it("speaks HTTP/1.1", async () => {
    expect(await statusOf(port)).toBe(200);
  });

  it("speaks HTTP/2 with clients that offer it", async () => {
    const session = connectHttp2(`https://127.0.0.1:${String(port)}`, { rejectUnauthorized: false });
    const status = await new Promise((resolve, reject) => {
      session.on("error", reject);
      session
        .request({ ":path": "/app" })
        .on("response", (headers) => resolve(headers[":status"]))
        .resume();
    });
    expect([status, session.alpnProtocol]).toEqual([200, "h2"]);
    session.close();
  });
});
