/** A replica whose answer is not what its head announced: the client is cut off, and the trouble is the replica's. */
import { connect } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelCode, httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";
import { RawClient } from "./raw-client.ts";

let fixture: GatewayFixture;
/** Requests that the gateway gave up. */
const cancelled: string[] = [];

const half = Buffer.from("12345");

/** Announces ten bytes and keeps that promise, or not, as the path says. */
function answerByPath(request: WireRequest): void {
  if (request.head.kind !== "http") return;
  const { target } = request.head;
  request.onCancel(() => cancelled.push(target));
  request.startResponse(httpResponseHead(200, ["content-length", "10"]));
  request.write(half);
  if (target.endsWith("/whole")) request.end(half);
  if (target.endsWith("/shorter")) setTimeout(() => request.end(), 5);
  if (target.endsWith("/longer")) setTimeout(() => request.write(Buffer.from("678901")), 5);
  if (target.endsWith("/breaks")) setTimeout(() => request.cancel(CancelCode.failed, "the code threw"), 5);
}

beforeAll(async () => {
  fixture = await GatewayFixture.start();
  await fixture.route(fixture.slice([await fixture.addReplica("one", answerByPath)]));
});
afterAll(() => fixture[Symbol.asyncDispose]());

async function countOf(status: number): Promise<number> {
  const scrape = await (await fetch(`${fixture.url}/-/metrics`)).text();
  const found = new RegExp(`ray_serve_num_http_requests_total\\{[^}]*status_code="${String(status)}"\\} (\\d+)`).exec(
    scrape,
  );
  return Number(found?.[1] ?? 0);
}

async function overHttp1(path: string): Promise<string> {
  using client = await RawClient.connect(fixture.gateway.port);
  client.request(`GET /app/${path} HTTP/1.1`);
  const received = await client.rest();
  return received.slice(received.indexOf("\r\n\r\n") + 4);
}

/** What came of the body, and how the stream ended. */
async function overHttp2(path: string): Promise<{ readonly body: string; readonly reset: number }> {
  const session = connect(fixture.url);
  try {
    const stream = session.request({ ":path": `/app/${path}` });
    let body = "";
    stream.on("data", (piece: Buffer) => (body += piece.toString()));
    stream.on("error", () => undefined);
    await new Promise((resolve) => stream.once("close", resolve));
    return { body, reset: stream.rstCode };
  } finally {
    session.destroy();
  }
}

const breaks = [
  ["shorter", "the answer is shorter than announced"],
  ["longer", "the answer is longer than announced"],
  ["breaks", "The replica was lost while it had the request (the code threw)"],
] as const;

/** One 502 more, no 499, and a line that says why and by whom. */
async function expectOneBrokenAnswer(run: () => Promise<void>, reason: string): Promise<void> {
  const [before, lines] = [await countOf(502), fixture.log.length];
  await run();
  await eventually(() => fixture.log.length === lines + 1);
  expect(JSON.parse(fixture.log.at(-1) ?? "")).toMatchObject({
    level: "warn",
    application: "app",
    replicaId: "one",
    requestId: expect.stringMatching(/./) as string,
    reason: expect.stringContaining(reason) as string,
  });
  expect([await countOf(502), await countOf(499)]).toEqual([before + 1, 0]);
}

describe("an answer that is not what it announced", () => {
  it.each(breaks)("cuts the connection of HTTP/1.1 and counts as 502: %s", async (path, reason) => {
    await expectOneBrokenAnswer(async () => {
      expect((await overHttp1(path)).length).toBeLessThan(10);
    }, reason);
  });

  it.each(breaks)("resets the stream of HTTP/2 and counts as 502: %s", async (path, reason) => {
    await expectOneBrokenAnswer(async () => {
      const { body, reset } = await overHttp2(path);
      expect(body.length).toBeLessThan(10);
      expect(reset).not.toBe(0);
    }, reason);
  });

  it("stops the replica, when there is more than announced", async () => {
    const before = cancelled.length;
    await overHttp1("longer");
    await eventually(() => cancelled.length === before + 1);
    expect(cancelled.at(-1)).toBe("/app/longer");
  });

  it("is nobody's fault when it is complete: 200, and not a word in the log", async () => {
    const [before, lines] = [await countOf(200), fixture.log.length];
    expect((await fetch(`${fixture.url}/app/whole`).then((answer) => answer.text())).length).toBe(10);
    expect(await overHttp2("whole")).toEqual({ body: "1234512345", reset: 0 });
    await eventually(() => fixture.log.length === lines);
    expect(await countOf(200)).toBe(before + 2);
  });
});
