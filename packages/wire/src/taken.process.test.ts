import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { decodeGoldenFrame } from "../golden/frame-codec.ts";
import type { GoldenFrame } from "../golden/frame-codec.ts";
import { Encoding, callHead, connectWire, httpRequestHead, httpResponseHead, resultHead, serveWire } from "./index.ts";
import { connect, newSocketPath, send, startServer, until } from "../test/test-peers.ts";
import { callFrame, connectRaw, frames, helloFrame, rawHello } from "../test/raw-peer.ts";
import { FrameReader } from "./frame-reader.ts";

const ok = resultHead({ encoding: Encoding.bytes });

const callOf = (requestId: string, method: string) => callHead({ requestId, method, encoding: Encoding.bytes });
const post = (requestId: string) => httpRequestHead({ requestId, method: "POST", target: "/" });
const get = (requestId: string) => httpRequestHead({ requestId, method: "GET", target: "/" });

async function startPeer(): Promise<{ peer: ChildProcess; path: string; begun: () => string[] }> {
  const path = newSocketPath();
  const journal = `${path}.journal`;
  const peer = fork(fileURLToPath(new URL("../test/begin-peer.fixture.ts", import.meta.url)), [path, journal], {
    execArgv: ["--import", "tsx"],
  });
  onTestFinished(() => {
    peer.kill("SIGKILL");
  });
  await new Promise((resolve) => peer.once("message", resolve));
  return {
    peer,
    path,
    begun: () => (existsSync(journal) ? readFileSync(journal, "utf8").split("\n").slice(0, -1) : []),
  };
}

/** Waits without letting this process's loop turn, so that nothing that arrives is read meanwhile. */
function hold(what: string, condition: () => boolean): void {
  const endMs = performance.now() + 5_000;
  while (!condition()) if (performance.now() > endMs) throw new Error(`still not: ${what}`);
}

/** Its sockets are closed before its parent can reap it. */
function isDead({ pid = 0 }: ChildProcess): boolean {
  return readFileSync(`/proc/${String(pid)}/stat`, "utf8").includes(") Z ");
}

/** Collects the frames that a raw socket hears. */
function listen(socket: Awaited<ReturnType<typeof connectRaw>>): GoldenFrame[] {
  const heard: GoldenFrame[] = [];
  const reader = new FrameReader({
    onFrame: (type, flags, id, buffer, start, end) => {
      heard.push(decodeGoldenFrame(type, flags, id, buffer, start, end));
    },
    onDataPiece: () => undefined,
  });
  reader.maxPayloadBytes = 1_048_576;
  socket.on("data", (chunk: Buffer) => {
    reader.push(chunk);
  });
  return heard;
}

/** Requests 3 and 5 of a caller that does not read, behind an answer that fills its connection: they are not taken yet. */
async function holdBack() {
  const begun: number[] = [];
  const gone: number[] = [];
  let heldBack = 0;
  const server = await startServer(
    (request) => {
      if (request.head.method === "fill") return request.respond(ok, Buffer.alloc(4_000_000));
      const before = begun.length;
      request.onceTaken(
        () => void begun.push(request.id),
        () => void gone.push(request.id),
      );
      if (begun.length === before) heldBack += 1;
    },
    { saysTaken: true },
  );
  const socket = await connectRaw(server.path);
  const window = 0x7fff_ffff;
  socket.write(helloFrame({ capabilities: 1, streamWindowBytes: window, connectionWindowBytes: window }));
  socket.write(Buffer.concat([callFrame(1, "fill"), callFrame(3, "work"), callFrame(5, "work")]));
  await until("held back", () => heldBack === 2);
  return { server, socket, begun, gone };
}

describe("a replica killed with SIGKILL", () => {
  test.runIf(process.platform === "linux")(
    "what it had begun is taken, what it had not is safe, although a write fails before its last words are read",
    async () => {
      const { peer, path, begun } = await startPeer();
      const connection = await connect(path);
      const holding = send(connection, callOf("holding", "hold"));
      const unread = send(connection, callOf("unread", "silent"), Buffer.alloc(10));
      const unreadPost = send(connection, post("post"));
      const repeatable = send(connection, get("get"));
      connection.writer.flush();
      hold("begun", () => begun().includes("holding"));
      peer.kill("SIGKILL");
      hold("dead", () => isDead(peer));
      // TAKEN lies in the kernel, unread; this write meets a peer that is gone.
      const late = send(connection, callOf("late", "silent"));
      connection.writer.flush();
      expect(await holding.finished).toMatchObject({
        kind: "error",
        error: { code: "connection_lost", outcome: "taken" },
      });
      for (const { finished } of [unread, unreadPost]) {
        expect(await finished).toMatchObject({ kind: "error", error: { code: "not_begun", outcome: "safe" } });
      }
      // Nobody is told of it, since it may be repeated anyway.
      expect(await repeatable.finished).toMatchObject({ kind: "error", error: { outcome: "taken" } });
      expect(await late.finished).toMatchObject({ kind: "error", error: { outcome: "safe" } });
      expect(begun()).toEqual(["holding"]);
    },
  );

  test.runIf(process.platform === "linux")(
    "the answer that it still gave arrives, although a write fails before",
    async () => {
      const { peer, path, begun } = await startPeer();
      const connection = await connect(path);
      const answered = send(connection, callOf("answered", "answer-then-hold"));
      hold("begun", () => begun().includes("answered"));
      // The answer follows at once; there is nothing to wait for that would not read it.
      const untilMs = performance.now() + 100;
      hold("answered", () => performance.now() > untilMs);
      peer.kill("SIGKILL");
      hold("dead", () => isDead(peer));
      const late = send(connection, callOf("late", "silent"));
      connection.writer.flush();
      expect(await answered.finished).toMatchObject({ kind: "end", body: Buffer.from("answered") });
      expect(await late.finished).toMatchObject({ kind: "error", error: { outcome: "safe" } });
    },
  );

  test("in the middle of load: nothing that it had begun counts as safe, and at most the last taken one had not begun", async () => {
    let safeCount = 0;
    let takenCount = 0;
    for (let turn = 0; turn < 8; turn += 1) {
      const { peer, path, begun } = await startPeer();
      const connection = await connect(path);
      const sent: { readonly id: string; readonly finished: ReturnType<typeof send>["finished"] }[] = [];
      let isOver = false;
      const load = setInterval(() => {
        for (let count = 0; count < 5 && !isOver && connection.isAccepting; count += 1) {
          const id = `r${String(sent.length)}`;
          const head = callOf(id, sent.length % 2 === 0 ? "brief" : "silent");
          sent.push({ id, finished: send(connection, head).finished });
        }
      }, 1);
      await until("under load", () => begun().length > 30 + turn * 7);
      peer.kill("SIGKILL");
      await connection.closed;
      isOver = true;
      clearInterval(load);
      const finished = await Promise.all(sent.map(async ({ id, finished: result }) => ({ id, result: await result })));
      const wasBegun = new Set(begun());
      const failed = finished.flatMap(({ id, result }) =>
        result.kind === "error" ? [{ id, outcome: result.error.outcome, hasBegun: wasBegun.has(id) }] : [],
      );
      const safe = failed.filter(({ outcome }) => outcome === "safe");
      const taken = failed.filter(({ outcome }) => outcome === "taken");
      expect(safe.filter(({ hasBegun }) => hasBegun)).toEqual([]);
      // Between the last TAKEN and its line in the journal lies an instant in which the kill may fall.
      expect(taken.filter(({ hasBegun }) => !hasBegun).length).toBeLessThanOrEqual(1);
      safeCount += safe.length;
      takenCount += taken.length;
    }
    expect(safeCount).toBeGreaterThan(0);
    expect(takenCount).toBeGreaterThan(0);
  }, 60_000);
});

describe("TAKEN", () => {
  test("is said once per call and unsafe method, before the answer, and never for safe methods", async () => {
    const server = await startServer(
      (request) => {
        expect(request.tellTaken()).toBe(true);
        request.respond(request.head.kind === "http" ? httpResponseHead(200, []) : ok);
      },
      { saysTaken: true },
    );
    const socket = await connectRaw(server.path);
    const heard = listen(socket);
    const requests = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"].map((method, index): GoldenFrame => ({
      type: "HTTP_REQUEST",
      streamId: index * 2 + 1,
      end: true,
      head: httpRequestHead({ method, target: "/" }),
      body: "",
    }));
    socket.write(Buffer.concat([helloFrame({ capabilities: 1 }), frames(...requests), callFrame(13, "echo")]));
    await until("answered", () => heard.at(-1)?.type === "RESULT");
    expect(
      heard.map((frame) => ("streamId" in frame ? `${frame.type} ${String(frame.streamId)}` : frame.type)),
    ).toEqual([
      "WELCOME",
      ...[1, 3, 5].map((id) => `HTTP_RESPONSE ${String(id)}`),
      ...[7, 9, 11].flatMap((id) => [`TAKEN ${String(id)}`, `HTTP_RESPONSE ${String(id)}`]),
      "TAKEN 13",
      "RESULT 13",
    ]);
  });

  test.each([
    ["a dialler that does not know it", 0, true],
    ["a listener that does not promise it", 1, false],
  ])("is not said to or by %s", async (_, capabilities, saysTaken) => {
    const server = await startServer(
      (request) => {
        expect(request.tellTaken()).toBe(true);
        request.respond(ok);
      },
      { saysTaken },
    );
    const socket = await connectRaw(server.path);
    const heard = listen(socket);
    socket.write(Buffer.concat([helloFrame({ capabilities }), callFrame(1, "echo")]));
    await until("answered", () => heard.length === 2);
    expect(heard).toMatchObject([{ type: "WELCOME", hello: { capabilities: 0 } }, { type: "RESULT" }]);
  });

  test("is not agreed on over TCP, where a reset may drop what was written", async () => {
    const server = await serveWire(
      { kind: "tcp", host: "127.0.0.1", port: 0 },
      (request) => {
        if (request.head.method === "die") request.connection.destroy();
      },
      { saysTaken: true },
    );
    onTestFinished(async () => server.close());
    const connection = await connectWire(server.address);
    expect(connection.peer?.capabilities).toBe(0);
    expect(await send(connection, callOf("x", "die")).finished).toMatchObject({ error: { outcome: "taken" } });
  });

  test("holds back a request while the caller does not read, and lets it begin once the frame is with the kernel", async () => {
    const { socket, begun, gone } = await holdBack();
    expect(begun).toEqual([]);
    const heard = listen(socket);
    await until("begun", () => begun.length === 2);
    expect({ begun, gone }).toEqual({ begun: [3, 5], gone: [] });
    await until("heard", () => heard.filter(({ type }) => type === "TAKEN").length === 2);
  });

  test("a request that waits to begin when its caller goes never begins, and is said to be gone once", async () => {
    const { server, socket, begun, gone } = await holdBack();
    socket.write(frames({ type: "CANCEL", streamId: 3, cancel: { code: 1, text: "" } }));
    await until("cancelled", () => gone.length === 1);
    socket.destroy();
    await until("gone", () => gone.length === 2);
    await until("closed", () => server.connections.size === 0);
    expect({ gone, begun }).toEqual({ gone: [3, 5], begun: [] });
  });

  test("an answer says as much: a request with half an answer is taken without it", async () => {
    const path = newSocketPath();
    const listener = createServer((socket) => {
      socket.once("data", () => {
        const welcome: GoldenFrame = { type: "WELCOME", hello: { ...rawHello, capabilities: 1 } };
        socket.write(frames(welcome));
        socket.once("data", () => {
          socket.end(frames({ type: "RESULT", streamId: 1, end: false, head: ok, body: "aa" }));
        });
      });
      socket.on("error", () => undefined);
    }).listen(path);
    onTestFinished(() => void listener.close());
    const connection = await connect(path);
    const half = send(connection, callOf("half", "x"));
    const other = send(connection, callOf("other", "x"));
    expect(await half.finished).toMatchObject({ error: { outcome: "taken" } });
    expect(await other.finished).toMatchObject({ error: { outcome: "safe" } });
  });

  test.each([
    ["a stream that was never opened", 9],
    ["an even stream", 2],
    ["the connection", 0],
  ])("for %s ends the connection with the reason, and what was sent counts as taken", async (_, streamId) => {
    const path = newSocketPath();
    const heard: GoldenFrame[][] = [];
    const listener = createServer((socket) => {
      heard.push(listen(socket));
      socket.once("data", () => {
        socket.write(frames({ type: "WELCOME", hello: { ...rawHello, capabilities: 1 } }));
        socket.once("data", () => {
          socket.write(frames({ type: "TAKEN", streamId }));
        });
      });
    }).listen(path);
    onTestFinished(() => void listener.close());
    const connection = await connect(path);
    const result = await send(connection, callOf("x", "x")).finished;
    expect(result).toMatchObject({ error: { code: "protocol_error", outcome: "taken" } });
    await until("told", () => heard[0]?.at(-1)?.type === "GOAWAY");
    expect(heard[0]?.at(-1)).toMatchObject({
      code: 1,
      text: `frame for stream ${String(streamId)}, which was never opened`,
    });
  });

  test("before the handshake is no welcome; from a dialler, or without having been agreed on, it means nothing", async () => {
    const path = newSocketPath();
    const listener = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(frames({ type: "TAKEN", streamId: 1 }));
    }).listen(path);
    onTestFinished(() => void listener.close());
    await expect(connectWire({ kind: "unix", path })).rejects.toMatchObject({
      code: "protocol_error",
      outcome: "safe",
    });

    const server = await startServer((request) => request.respond(ok));
    const socket = await connectRaw(server.path);
    const answers = listen(socket);
    socket.write(Buffer.concat([helloFrame(), frames({ type: "TAKEN", streamId: 1 }), callFrame(1, "echo")]));
    await until("answered", () => answers.length === 2);
    expect(answers[1]?.type).toBe("RESULT");
  });
});
