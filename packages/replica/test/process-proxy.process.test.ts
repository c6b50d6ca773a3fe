/** Requests and answers between the wire and the program. */
import { httpRequestHead } from "@sluice/wire";
import type { AnswerEvents, ClientConnection, ClientStream, HttpResponseHead, WireError } from "@sluice/wire";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { buildHost } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { rssMib, RunningPrograms } from "./running-program.ts";
import type { RunningHost } from "./running-host.ts";

let build: HostBuild;
let one: RunningHost;
const programs = new RunningPrograms();

beforeAll(async () => {
  build = await buildHost();
  one = await (await programs.start(build)).ready();
});
afterAll(async () => {
  await programs.stopAll();
  await build[Symbol.asyncDispose]();
});

interface Streamed {
  readonly stream: ClientStream;
  head: HttpResponseHead | undefined;
  bytes: number;
  text: string;
  isEnded: boolean;
  error: WireError | undefined;
}

/** A request of which the test takes the pieces itself; without a `body` it sends them itself, too. */
function open(connection: ClientConnection, method: string, target: string, headers: string[] = [], body?: Buffer) {
  const { application, deployment, revision } = one.launch;
  const head = httpRequestHead({
    method,
    target,
    requestId: "r",
    application,
    deployment,
    revision,
    route: "/app",
    headers,
  });
  const seen: Omit<Streamed, "stream"> = { head: undefined, bytes: 0, text: "", isEnded: false, error: undefined };
  const events: AnswerEvents = {
    onHead: (answer, inline, isComplete) => {
      if (answer.kind === "http") seen.head = answer;
      take(inline ?? Buffer.alloc(0));
      seen.isEnded = isComplete;
    },
    onData: (chunk) => {
      take(chunk);
      return true;
    },
    onEnd: () => (seen.isEnded = true),
    onReject: () => undefined,
    onError: (error) => (seen.error = error),
  };
  const take = (chunk: Buffer): void => {
    seen.bytes += chunk.length;
    if (seen.bytes < 1_000_000) seen.text += chunk.toString();
  };
  const stream = body === undefined ? connection.openRequest(head, events) : connection.request(head, body, events);
  return Object.assign(seen, { stream });
}

const nothing = Buffer.alloc(0);

describe("heads", () => {
  it("passes the path below the route, the client's fields, and what programs behind a proxy look for", async () => {
    const { text } = await one.request("PUT", "/app/echo?x=%2F1&y", "{}", {
      headers: [
        "X-Custom",
        "1",
        "connection",
        "x-hop",
        "x-hop",
        "1",
        "x-request-id",
        "client's",
        "x-forwarded-for",
        "9.9.9.9",
      ],
    });
    const { method, url, raw } = JSON.parse(text) as { method: string; url: string; raw: string[] };
    const fields = Object.fromEntries(raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]]] : [])));
    expect([method, url]).toEqual(["PUT", "/echo?x=%2F1&y"]);
    expect(fields).toMatchObject({
      host: "example.test",
      "x-custom": "1",
      "x-request-id": "req-1",
      "x-forwarded-host": "example.test",
      "x-forwarded-proto": "http",
      "x-forwarded-prefix": "/app",
      "x-forwarded-for": "9.9.9.9",
      "content-length": "2",
    });
    expect(fields).not.toHaveProperty("x-hop");
  });

  it("passes answers on without the fields of their connection, and repeated fields apart", async () => {
    const answer = await one.request("GET", "/app/cookies");
    expect([answer.status, answer.text]).toEqual([201, "made"]);
    expect(answer.headers).toMatchObject({ "x-kept": "2" });
    expect(Object.keys(answer.headers)).not.toContain("x-hop");
    const again = open(await one.connect(), "GET", "/app/cookies", [], nothing);
    await eventually("answer", () => again.isEnded);
    expect(again.head?.headers.filter((_, at, all) => all[at - 1] === "set-cookie")).toEqual(["a=1", "b=2"]);
  });

  it("answers HEAD and 204 without a body", async () => {
    const head = await one.request("HEAD", "/app/echo");
    expect([head.status, head.text]).toEqual([200, ""]);
    const none = await one.request("GET", "/app/nothing");
    expect([none.status, none.text]).toEqual([204, ""]);
  });

  it("keeps the route prefix for a program that wants it", async () => {
    const whole = await (await programs.start(build, { process: { strip_route_prefix: false } })).ready();
    expect(JSON.parse((await whole.request("GET", "/app/echo")).text)).toMatchObject({ url: "/app/echo" });
  });

  it("refuses calls of handles: a program speaks HTTP", async () => {
    expect((await one.call("predict", [1])).error).toMatchObject({ code: "request/invalid" });
  });
});

describe("broken answers are a 502 with a reason", () => {
  it.each([
    ["/app/garbage", /is not HTTP: .*"replica\/bad_answer"/],
    ["/app/bad-length", /is not HTTP: .*"replica\/bad_answer"/],
    ["/app/half", /before its answer was complete\..*"replica\/lost"/],
    ["/app/close", /before its answer was complete\..*"replica\/lost"/],
  ])("%s", async (target, reason) => {
    const answer = await one.request("POST", target, "{}");
    expect(answer.status).toBe(502);
    expect(answer.text).toMatch(reason);
    expect((await one.request("GET", "/app/echo")).status).toBe(200);
  });

  it("one that breaks off after its head was passed on is broken off", async () => {
    const broken = open(await one.connect(), "GET", "/app/half-stream", [], nothing);
    await eventually("it is broken off", () => broken.error);
    expect(broken.head?.status).toBe(200);
    expect(broken.isEnded).toBe(false);
  });
});

describe("streams", () => {
  it("passes each event on as it is written", async () => {
    const events = open(await one.connect(), "GET", "/app/events", [], nothing);
    await eventually("first", () => events.text.includes("data: 0"));
    for (const number of [1, 2, 3]) {
      await one.request("GET", `/app/next-event?n=${number}`);
      await eventually(`event ${number}`, () => events.text.includes(`data: ${number}\n\n`));
    }
    events.stream.cancel(1);
    await eventually("the program sees that its reader is gone", () => one.stdout.includes("events closed"));
  });

  it("a cancelled request is aborted in the program, before its answer too", async () => {
    const waiting = open(await one.connect(), "POST", "/app/wait", [], Buffer.from("{}"));
    await eventually("it arrived", () => one.stdout.includes("waiting"));
    waiting.stream.cancel(1);
    await eventually("aborted", () => one.stdout.includes("request aborted"));
  });

  it("an answer before the whole body was read ends the request", async () => {
    const early = open(await one.connect(), "POST", "/app/early", ["content-length", "100000000"]);
    early.stream.write(Buffer.alloc(65_536));
    await eventually("answered", () => early.isEnded);
    expect(early.head?.status).toBe(413);
  });

  it("100 MB flow through in both directions without growing the host", async () => {
    const pid = one.process.pid ?? 0;
    const [total, piece] = [100 * 1024 ** 2, Buffer.alloc(256 * 1024, 120)];
    const connection = await one.connect();
    await one.request("GET", "/app/echo");
    const beforeMib = rssMib(pid);
    let peakMib = 0;
    const watch = setInterval(() => (peakMib = Math.max(peakMib, rssMib(pid))), 10);
    onTestFinished(() => clearInterval(watch));
    const up = open(connection, "POST", "/app/upload", ["content-length", String(total)]);
    for (let sent = 0; sent < total; sent += piece.length) if (!up.stream.write(piece)) await up.stream.drained();
    up.stream.end();
    await eventually("uploaded", () => up.isEnded);
    expect(JSON.parse(up.text)).toEqual({ bytes: total });
    const down = open(connection, "GET", `/app/download?bytes=${total}`, [], nothing);
    await eventually("downloaded", () => down.isEnded);
    expect(down.bytes).toBe(total);
    console.info(`host: ${beforeMib.toFixed(0)} MiB before, ${peakMib.toFixed(0)} MiB at most`);
    // 200 MB went through; what grows is garbage that the collector has not taken yet.
    expect(peakMib - beforeMib).toBeLessThan(48);
  });

  it("a program that reads slowly holds the sender back", async () => {
    const up = open(await one.connect(), "POST", "/app/upload-slow");
    const piece = Buffer.alloc(65_536);
    let accepted = 0;
    // What is taken without waiting is what the windows hold, not what the sender has.
    while (accepted < 1_000 && up.stream.write(piece)) accepted += 1;
    expect(accepted).toBeLessThan(100);
    await up.stream.drained();
    up.stream.end();
    await eventually("all arrived", () => up.isEnded);
    expect(JSON.parse(up.text)).toEqual({ bytes: (accepted + 1) * piece.length });
  });
});

describe("upgrades", () => {
  const headers = ["upgrade", "websocket", "connection", "upgrade", "sec-websocket-key", "x"];

  it("become a tunnel in both directions", async () => {
    const tunnel = open(await one.connect(), "GET", "/app/socket", headers);
    await eventually("greeting", () => tunnel.text === "hello ");
    expect(tunnel.head?.status).toBe(101);
    tunnel.stream.write(Buffer.from("there"));
    await eventually("echo", () => tunnel.text === "hello there");
    tunnel.stream.end();
    await eventually("closed", () => tunnel.isEnded);
  });

  it("that are refused are ordinary answers", async () => {
    const refused = open(await one.connect(), "GET", "/app/refused", headers);
    await eventually("answer", () => refused.isEnded);
    expect([refused.head?.status, refused.text]).toEqual([403, "no"]);
  });
});
