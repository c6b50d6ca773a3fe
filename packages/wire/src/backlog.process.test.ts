import { createServer } from "node:net";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Encoding, httpResponseHead, resultHead } from "./index.ts";
import { connectRaw, callFrame, frames, helloFrame, rawHello } from "../test/raw-peer.ts";
import { FrameReader } from "./frame-reader.ts";
import { FrameType } from "./frame-types.ts";
import { call, connect, newSocketPath, send, startServer, until } from "../test/test-peers.ts";

const ok = resultHead({ encoding: Encoding.bytes });
const maxUnsentBytes = 1_000_000;

/** Writes as fast as the peer takes it, until all is written or it has taken nothing for `stillMs`. */
async function writeAll(socket: Socket, chunks: Iterable<Buffer>, stillMs = 500): Promise<boolean> {
  for (const chunk of chunks) {
    if (socket.write(chunk)) continue;
    const drained = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), stillMs);
      socket.once("drain", () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
    if (!drained) return false;
  }
  return true;
}

/** Requests of some size, so that the kernel cannot hold them all. */
function* requests(count: number, bodyBytes = 10_000): Generator<Buffer> {
  const perChunk = 100;
  const body = "00".repeat(bodyBytes);
  for (let from = 0; from < count; from += perChunk) {
    yield Buffer.concat(Array.from({ length: perChunk }, (_, i) => callFrame((from + i) * 2 + 1, "m", body)));
  }
}

describe("a caller that sends and does not read", () => {
  test.each([
    ["answers with long heads", 3_000, 60_000, 10_000],
    ["REJECTs", 400_000, 0, 0],
  ])("gets no more %s than the limit, and all of them once it reads", async (_, count, headBytes, bodyBytes) => {
    let handled = 0;
    const headers = headBytes === 0 ? [] : ["x", "y".repeat(headBytes)];
    const server = await startServer(
      (request) => {
        handled += 1;
        if (headBytes === 0) request.reject(1, 1);
        else request.respond(httpResponseHead(200, headers));
      },
      { maxUnsentBytes },
    );
    const socket = await connectRaw(server.path);
    socket.write(helloFrame());
    const before = process.memoryUsage();
    const writing = writeAll(socket, requests(count, bodyBytes));
    expect(await writing).toBe(false);
    const [connection] = [...server.connections];
    expect(connection?.isHeld).toBe(true);
    expect(handled).toBeLessThan(count);
    expect(connection?.unsentBytes).toBeLessThan(maxUnsentBytes + 200_000);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(32_000_000);

    let answered = 0;
    const reader = new FrameReader({
      onFrame: (type) => {
        if (type === FrameType.httpResponse || type === FrameType.reject) answered += 1;
      },
      onDataPiece: () => undefined,
    });
    reader.maxPayloadBytes = 1_000_000;
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
    });
    await until("all that was handled is answered", () => answered > 0 && answered === handled && !connection?.isHeld);
  });

  test("is ended by keepalive in the end, like any silent peer", async () => {
    const server = await startServer(
      (request) => {
        request.respond(httpResponseHead(200, ["x", "y".repeat(60_000)]));
      },
      { maxUnsentBytes, pingIntervalMs: 50, pingTimeoutMs: 100 },
    );
    const socket = await connectRaw(server.path);
    socket.write(helloFrame());
    await writeAll(socket, requests(3_000), 100);
    await until("given up", () => server.connections.size === 0);
  });

  test("is kept while it reads slowly, though nothing it sends is read meanwhile", async () => {
    const server = await startServer(
      (request) => {
        request.respond(httpResponseHead(200, ["x", "y".repeat(60_000)]));
      },
      { maxUnsentBytes: 32_000_000, pingIntervalMs: 100, pingTimeoutMs: 700 },
    );
    const socket = await connectRaw(server.path);
    socket.write(helloFrame());
    await writeAll(socket, requests(3_000), 100);
    const [connection] = [...server.connections];
    let wasEverFree = false;
    socket.on("readable", () => undefined);
    const slowly = setInterval(() => {
      socket.read();
      wasEverFree ||= connection?.isHeld !== true;
    }, 10);
    const startMs = performance.now();
    await until("read for longer than a silent peer may be", () => performance.now() - startMs > 1_200 || wasEverFree);
    clearInterval(slowly);
    expect(server.connections.size).toBe(1);
  });
});

describe("a replica that sends and does not read", () => {
  test("is left by a caller that answers its pings in vain, with the reason", async () => {
    const path = newSocketPath();
    const ping = frames({ type: "PING", low: 0, high: 0 });
    const pings = Buffer.concat(Array.from({ length: 3_000 }, () => ping));
    const listener = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(frames({ type: "WELCOME", hello: rawHello }));
      void writeAll(
        socket,
        Array.from({ length: 2_000 }, () => pings),
      );
    }).listen(path);
    const connection = await connect(path, { maxUnsentBytes });
    expect(await connection.closed).toMatchObject({ code: "flow_control", message: /does not read/ });
    listener.close();
  });

  test("gets no more heads than the limit; the caller is told before, and what waits is safe to send elsewhere", async () => {
    const path = newSocketPath();
    const listener = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(frames({ type: "WELCOME", hello: rawHello }));
      socket.pause();
    }).listen(path);
    const connection = await connect(path, { maxUnsentBytes });
    const waiting = [];
    while (connection.isAccepting) {
      waiting.push(send(connection, { ...call("m"), stickyKey: "x".repeat(10_000) }).finished);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(waiting.length).toBeGreaterThan(90);
    expect(waiting.length).toBeLessThan(1_000);
    expect(() => send(connection)).toThrow(expect.objectContaining({ code: "rejected", outcome: "safe" }));
    connection.destroy();
    const ends = await Promise.all(waiting);
    expect(ends.filter((end) => end.kind === "error" && end.error.outcome === "safe").length).toBeGreaterThan(90);
    listener.close();
  });
});

describe("many callers of one replica", () => {
  test("one that does not read keeps no other from its answers", async () => {
    const server = await startServer(
      (request) => {
        request.respond(request.head.method === "m" ? httpResponseHead(200, ["x", "y".repeat(60_000)]) : ok);
      },
      { maxUnsentBytes },
    );
    const deaf = await connectRaw(server.path);
    deaf.write(helloFrame());
    await writeAll(deaf, requests(3_000), 100);
    const connection = await connect(server.path);
    expect((await send(connection, call("echo")).finished).kind).toBe("end");
  });
});
