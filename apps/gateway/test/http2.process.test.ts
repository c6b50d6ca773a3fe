import { connect, type ClientHttp2Session, type ClientHttp2Stream } from "node:http2";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";

interface Http2Answer {
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
}

async function ask(session: ClientHttp2Session, headers: Record<string, string>, body?: Buffer): Promise<Http2Answer> {
  const stream: ClientHttp2Stream = session.request(headers, { endStream: body === undefined });
  const head = new Promise<Record<string, unknown>>((resolve, reject) => {
    stream.once("response", (answer) => resolve(answer));
    stream.once("error", reject);
  });
  if (body !== undefined) stream.end(body);
  return { headers: await head, body: await buffer(stream) };
}

const echo = async (request: WireRequest): Promise<void> => {
  const body = await request.readBody(64 * 1024 * 1024);
  request.respond(
    httpResponseHead(200, ["content-type", "application/octet-stream", "set-cookie", "a=1", "set-cookie", "b=2"]),
    body,
  );
};

describe("HTTP/2 in clear text", () => {
  let fixture: GatewayFixture;
  let session: ClientHttp2Session;
  let hanging = 0;
  let cancelled = 0;
  beforeAll(async () => {
    fixture = await GatewayFixture.start();
    const replica = await fixture.addReplica("one", (request) => {
      if (request.head.kind === "http" && request.head.target.endsWith("/hang")) {
        hanging += 1;
        request.onCancel(() => (cancelled += 1));
      } else void echo(request);
    });
    await fixture.route(fixture.slice([replica]));
    session = connect(fixture.url);
  });
  afterAll(async () => {
    session.destroy();
    await fixture[Symbol.asyncDispose]();
  });

  it("answers many requests at once on one connection", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        ask(session, { ":path": "/app", ":method": "POST" }, Buffer.from(`body ${String(index)}`)),
      ),
    );
    answers.forEach(({ headers, body }, index) => {
      expect(headers[":status"]).toBe(200);
      expect(headers["x-sluice-replica"]).toBe("one");
      expect(headers["set-cookie"]).toEqual(["a=1", "b=2"]);
      expect(body.toString()).toBe(`body ${String(index)}`);
    });
  });

  it("carries ten megabytes up and down unchanged", async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, "0123456789abcdef");
    const answer = await ask(session, { ":path": "/app/big", ":method": "POST" }, body);
    expect(answer.body.equals(body)).toBe(true);
  });

  it("answers problems with their reason, and refuses a foreign authority", async () => {
    const missing = await ask(session, { ":path": "/nobody" });
    expect(missing.headers[":status"]).toBe(404);
    expect(JSON.parse(missing.body.toString())).toMatchObject({ code: "route/not_found" });
    const foreign = await ask(session, { ":path": "/app", ":authority": "evil.example" });
    expect(foreign.headers[":status"]).toBe(421);
  });

  it("cancels the replica's work when the client resets the stream, and goes on with the others", async () => {
    const stream = session.request({ ":path": "/app/hang" });
    await eventually(() => hanging === 1);
    stream.close();
    await eventually(() => cancelled === 1);
    expect((await ask(session, { ":path": "/app" })).headers[":status"]).toBe(200);
  });

  it("serves HTTP/1.1 on the same port", async () => {
    expect((await fetch(`${fixture.url}/app`)).status).toBe(200);
  });
});
