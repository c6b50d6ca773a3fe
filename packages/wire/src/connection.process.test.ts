import { randomBytes } from "node:crypto";
import { createConnection, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { OutBuffer } from "./out-buffer.ts";
import { encodeGoaway, encodeHello } from "./encode-frames.ts";
import { FrameReader } from "./frame-reader.ts";
import { decodeGoaway } from "./decode-frames.ts";
import {
  CancelCode,
  Encoding,
  RejectCode,
  RejectedError,
  SlotWaiters,
  connectWire,
  httpRequestHead,
  httpResponseHead,
  requestAnswer,
  resultHead,
  serveWire,
} from "./index.ts";
import type { Gone, ServerConnection, WireRequest } from "./index.ts";
import { decodeGoldenFrame } from "../golden/frame-codec.ts";
import type { GoldenFrame } from "../golden/frame-codec.ts";
import { callFrame, connectRaw, frames, helloFrame, rawHello } from "../test/raw-peer.ts";
import { call, connect, gather, newSocketPath, send, startServer, until } from "../test/test-peers.ts";

const ok = resultHead({ encoding: Encoding.bytes });

describe("requests and answers", () => {
  test("many at once on one connection come back to their senders, each once", async () => {
    const server = await startServer((request) => {
      const delayMs = (request.id * 7) % 13;
      setTimeout(() => {
        request.respond(ok, request.wholeBody);
      }, delayMs);
    });
    const connection = await connect(server.path);
    const bodies = Array.from({ length: 500 }, (_, index) => `body ${index}`);
    const answers = await Promise.all(
      bodies.map(async (text) => send(connection, call("echo"), Buffer.from(text)).finished),
    );
    expect(answers.map((answer) => (answer.kind === "end" ? answer.body.toString() : answer.kind))).toEqual(bodies);
    expect(connection.openStreams).toBe(0);
  });

  test("an HTTP request keeps head, body and headers in both directions, over TCP as well", async () => {
    let seen: WireRequest | undefined;
    const server = await serveWire({ kind: "tcp", host: "127.0.0.1", port: 0 }, (request) => {
      seen = request;
      request.respond(
        httpResponseHead(201, ["x-name", "Zoë", "set-cookie", "a", "set-cookie", "b"], 3),
        Buffer.from("made"),
      );
    });
    const connection = await connectWire(server.address);
    const head = httpRequestHead({
      method: "POST",
      target: "/a?b=c",
      application: "app",
      revision: 4,
      headers: ["x-a", "1"],
      stickyKey: "ü\0x",
    });
    const answer = await requestAnswer(connection, head, Buffer.from("{}"));
    expect(seen?.head).toEqual(head);
    expect(seen?.wholeBody?.toString()).toBe("{}");
    expect(answer.head).toEqual(httpResponseHead(201, ["x-name", "Zoë", "set-cookie", "a", "set-cookie", "b"], 3));
    expect((await answer.body.collect(100)).toString()).toBe("made");
    await connection.drain();
    await server.drain();
  });

  test("20 MB travel whole in both directions at once", async () => {
    const server = await startServer((request) => {
      void request.readBody(30_000_000).then((body) => {
        request.respond(ok, body);
      });
    });
    const connection = await connect(server.path);
    const body = randomBytes(20_000_000);
    const [large, small] = await Promise.all([
      send(connection, call("echo"), body).finished,
      send(connection, call("echo"), Buffer.from("x")).finished,
    ]);
    expect(large.kind === "end" && large.body.equals(body)).toBe(true);
    expect(small.kind).toBe("end");
  });

  test("a body written in pieces is read with for await, and an answer may end with trailers", async () => {
    const server = await startServer((request) => {
      void (async () => {
        request.startResponse(ok);
        for await (const chunk of request.body) request.write(Buffer.from(chunk.toString().toUpperCase()));
        request.endWithTrailers({
          headers: ["pieces", "2"],
          error: { type: "E", message: "after all", stack: "", code: "x" },
        });
      })();
    });
    const connection = await connect(server.path);
    const { events, finished } = gather();
    const stream = connection.openRequest(call("stream"), events);
    stream.write(Buffer.from("ab"));
    stream.end(Buffer.from("cd"));
    const answer = await finished;
    expect(answer).toMatchObject({
      kind: "end",
      trailers: { headers: ["pieces", "2"], error: { message: "after all" } },
    });
    expect(answer.kind === "end" && answer.body.toString()).toBe("ABCD");
  });

  test("an answer before the end of the request stands, and the rest of the request is not sent", async () => {
    const server = await startServer((request) => {
      request.respond(ok, Buffer.from("enough"));
    });
    const connection = await connect(server.path);
    const { stream, finished } = send(connection, call("upload"), Buffer.alloc(5_000_000));
    expect(await finished).toMatchObject({ kind: "end", body: Buffer.from("enough") });
    await until("stream closed", () => !stream.isOpen);
    expect((await send(connection, call("again")).finished).kind).toBe("end");
  });

  test("a body over the limit of its reader is refused and the connection lives on", async () => {
    const server = await startServer((request) => {
      request.readBody(1_000).then(
        (body) => {
          request.respond(ok, body);
        },
        () => {
          request.respond(
            resultHead({ encoding: Encoding.none, error: { type: "TooLarge", message: "", stack: "", code: "" } }),
          );
        },
      );
    });
    const connection = await connect(server.path);
    expect(await send(connection, call("echo"), Buffer.alloc(1_001)).finished).toMatchObject({
      head: { error: { type: "TooLarge" } },
    });
    expect(await send(connection, call("echo"), Buffer.alloc(500_000)).finished).toMatchObject({
      head: { error: { type: "TooLarge" } },
    });
    expect(await send(connection, call("echo"), Buffer.alloc(1_000)).finished).toMatchObject({
      head: { error: undefined },
    });
  });

  test("a handler that throws breaks off its own stream only", async () => {
    const errors: unknown[] = [];
    const server = await startServer(
      (request) => {
        if (request.head.method === "bad") throw new Error("bug");
        request.respond(ok);
      },
      { onHandlerError: (error) => errors.push(error) },
    );
    const connection = await connect(server.path);
    const [bad, good] = await Promise.all([
      send(connection, call("bad")).finished,
      send(connection, call("good")).finished,
    ]);
    expect([bad, good]).toMatchObject([
      { kind: "error", error: { code: "cancelled", outcome: "taken" } },
      { kind: "end" },
    ]);
    expect(errors).toHaveLength(1);
  });

  test("a head that does not fit is refused before anything is written", async () => {
    const server = await startServer((request) => {
      request.respond(ok);
    });
    const connection = await connect(server.path);
    const head = httpRequestHead({ method: "GET", target: `/${"x".repeat(70_000)}` });
    expect(() => connection.request(head, undefined, gather().events)).toThrow(
      expect.objectContaining({ code: "head_too_large", outcome: "safe" }),
    );
    const odd = httpRequestHead({ method: "GET", target: "/", headers: ["x"] });
    expect(() => connection.request(odd, undefined, gather().events)).toThrow(/no value/);
    const late = httpRequestHead({ method: "GET", target: "/", deadlineMs: -1 });
    expect(() => connection.request(late, undefined, gather().events)).toThrow(
      expect.objectContaining({ code: "deadline_exceeded", outcome: "safe" }),
    );
    const wide = httpRequestHead({
      method: "GET",
      target: "/",
      headers: Array.from({ length: 10 }, () => "x".repeat(60_000)),
    });
    expect(() => connection.request(wide, undefined, gather().events)).toThrow(
      expect.objectContaining({ code: "head_too_large", outcome: "safe" }),
    );
    expect((await send(connection).finished).kind).toBe("end");
  });
});

describe("flow control", () => {
  test("a slow reader stops the writer: what is unread never exceeds the window", async () => {
    let written = 0;
    let finishedWriting = false;
    const server = await startServer((request) => {
      void (async () => {
        request.startResponse(ok);
        for (let index = 0; index < 1_000; index += 1) {
          request.write(Buffer.alloc(16_384));
          written += 16_384;
          await request.drained();
        }
        request.end();
        finishedWriting = true;
      })();
    });
    const connection = await connect(server.path, { streamWindowBytes: 100_000 });
    const answer = await requestAnswer(connection, call("download"));
    await until("window used up", () => written >= 100_000);
    // Another request has its turn while the first is stuck.
    expect((await requestAnswer(connection, call("download"))).head.kind).toBe("call");
    expect(written).toBeLessThan(2 * (100_000 + 2 * 16_384));
    let read = 0;
    for await (const chunk of answer.body) read += chunk.length;
    expect(read).toBe(16_384_000);
    expect(finishedWriting).toBe(true);
  });

  test("single bytes do not pin the memory they arrived in", async () => {
    const server = await startServer((request) => {
      void (async () => {
        request.startResponse(ok);
        for (let index = 0; index < 20_000; index += 1) request.write(Buffer.from("x"));
        request.end();
        await request.drained();
      })();
    });
    const connection = await connect(server.path);
    const before = process.memoryUsage().arrayBuffers;
    const answer = await requestAnswer(connection, call("drip"));
    await until("all arrived", () => answer.body.isEnded);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect((await answer.body.collect(20_000)).length).toBe(20_000);
  });

  test("streams share a small connection window and all get through", async () => {
    const server = await startServer((request) => {
      request.respond(ok, Buffer.alloc(300_000, request.id));
    });
    const connection = await connect(server.path, { connectionWindowBytes: 70_000, streamWindowBytes: 50_000 });
    const answers = await Promise.all(Array.from({ length: 20 }, async () => send(connection, call("big")).finished));
    expect(answers.every((answer) => answer.kind === "end" && answer.body.length === 300_000)).toBe(true);
  });

  test("readers that stop in the middle of long answers leave the others enough, however many they are", async () => {
    const server = await startServer((request) => {
      if (request.head.kind !== "call" || request.head.method === "small") return request.respond(ok, Buffer.alloc(2));
      request.respond(ok, Buffer.alloc(4_000_000));
    });
    const connection = await connect(server.path);
    // A round before: credit of the connection that is due and not given yet is missing, too.
    for (let index = 0; index < 6; index += 1) await send(connection, call("long")).finished;
    for (let index = 0; index < 100; index += 1) {
      const { body } = await requestAnswer(connection, call("long"));
      for (let read = 0; read < 200_000;) read += (await body.read())?.length ?? Infinity;
    }
    const small = send(connection, call("small")).finished;
    expect(await Promise.race([small, new Promise((resolve) => setTimeout(resolve, 3_000, "blocked"))])).toMatchObject({
      kind: "end",
    });
  });

  test("unread bodies of cancelled streams give their credit back", async () => {
    const server = await startServer((request) => {
      request.respond(ok, Buffer.alloc(300_000));
    });
    const connection = await connect(server.path, { connectionWindowBytes: 70_000, streamWindowBytes: 50_000 });
    for (let index = 0; index < 20; index += 1) {
      const answer = await requestAnswer(connection, call("big"));
      answer.stream.cancel(CancelCode.callerGone);
    }
    const answer = await send(connection, call("big")).finished;
    expect(answer.kind === "end" && answer.body.length).toBe(300_000);
  });
});

describe("cancellation and deadlines", () => {
  test("a caller that gives up reaches the handler, once", async () => {
    const gone: Gone[] = [];
    const server = await startServer((request) => {
      request.onCancel((reason) => gone.push(reason));
      request.startResponse(ok);
    });
    const connection = await connect(server.path);
    const answer = await requestAnswer(connection, call("wait"));
    answer.stream.cancel(CancelCode.callerGone, "client closed");
    await until("cancel seen", () => gone.length > 0);
    expect(gone).toEqual([{ code: CancelCode.callerGone, text: "client closed" }]);
    await until("stream forgotten", () => [...server.connections].every((peer) => peer.openStreams === 0));
  });

  test("a handler that breaks off gives an error, not a short answer", async () => {
    const server = await startServer((request) => {
      request.startResponse(ok);
      request.write(Buffer.from("half"));
      setTimeout(() => {
        request.cancel(CancelCode.failed, "generator died");
      }, 5);
    });
    const connection = await connect(server.path);
    expect(await send(connection).finished).toMatchObject({
      kind: "error",
      bodyBefore: "half",
      error: { code: "cancelled", message: "generator died", outcome: "taken" },
    });
  });

  test("a deadline ends the request on both sides", async () => {
    const gone: Gone[] = [];
    const server = await startServer((request) => {
      request.onCancel((reason) => gone.push(reason));
    });
    const connection = await connect(server.path);
    const startMs = performance.now();
    expect(await send(connection, call("sleep", { deadlineMs: 60 })).finished).toMatchObject({
      kind: "error",
      error: { code: "deadline_exceeded", outcome: "taken" },
    });
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(55);
    await until("handler told", () => gone.length > 0);
    expect(gone[0]?.code).toBe(CancelCode.deadlineExceeded);
  });
});

describe("capacity", () => {
  test("REJECT makes the caller a waiter, SLOT follows when a slot frees, an unwanted slot comes back", async () => {
    const max = 1;
    let running: WireRequest | undefined;
    let returned = 0;
    const waiters = new SlotWaiters<ServerConnection>();
    const server = await startServer(
      (request) => {
        if (running !== undefined) {
          waiters.add(request.connection);
          request.reject(1, max);
        } else running = request;
      },
      {
        onSlotReturned: (connection) => {
          waiters.remove(connection);
          returned += 1;
        },
      },
    );
    const slots: number[] = [];
    const connection = await connect(server.path, { onSlot: (slot) => slots.push(slot.ongoing) });
    const first = send(connection);
    const second = await requestAnswer(connection, call("echo")).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(RejectedError);
    expect(second).toMatchObject({ outcome: "safe", reject: { ongoing: 1, max: 1, code: RejectCode.atCapacity } });
    running?.respond(ok);
    running = undefined;
    expect((await first.finished).kind).toBe("end");
    waiters.next()?.sendSlot({ ongoing: 0, max });
    await until("slot offered", () => slots.length === 1);
    connection.returnSlot({ ongoing: 0, max });
    await until("slot returned", () => returned === 1);
    expect(waiters.size).toBe(0);
  });

  test("more streams than the listener allows are refused as safe on either side", async () => {
    const server = await startServer(() => undefined, { maxStreams: 2 });
    const connection = await connect(server.path);
    send(connection);
    send(connection);
    expect(() => send(connection)).toThrow(expect.objectContaining({ code: "rejected", outcome: "safe" }));
  });
});

describe("draining", () => {
  test("the listener finishes what it has and takes nothing new; the caller is told", async () => {
    let held: WireRequest | undefined;
    let goaways = 0;
    const server = await startServer((request) => {
      held = request;
    });
    const connection = await connect(server.path, {
      onGoaway: () => {
        goaways += 1;
      },
    });
    const { finished } = send(connection);
    await until("request taken", () => held !== undefined);
    const drained = server.drain();
    await until("caller told", () => goaways === 1);
    expect(connection.isAccepting).toBe(false);
    expect(() => send(connection)).toThrow(expect.objectContaining({ code: "going_away", outcome: "safe" }));
    held?.respond(ok, Buffer.from("done"));
    expect(await finished).toMatchObject({ kind: "end", body: Buffer.from("done") });
    await drained;
    expect(await connection.closed).toBeUndefined();
  });

  test("requests that cross a GOAWAY are safe, those before it are answered", async () => {
    const taken: WireRequest[] = [];
    const server = await startServer((request) => {
      taken.push(request);
      // Both requests come in one read: the second is above the last id that this GOAWAY names.
      void request.connection.drain();
    });
    const connection = await connect(server.path);
    const results = [send(connection), send(connection)];
    expect(await results[1]?.finished).toMatchObject({ kind: "error", error: { code: "going_away", outcome: "safe" } });
    expect(taken).toHaveLength(1);
    taken[0]?.respond(ok);
    expect((await results[0]?.finished)?.kind).toBe("end");
  });

  test("what does not finish within the grace is cut off", async () => {
    const server = await startServer(() => undefined);
    const connection = await connect(server.path);
    const { finished } = send(connection);
    await until("request taken", () => [...server.connections].some((peer) => peer.openStreams === 1));
    await server.drain(30);
    expect(await finished).toMatchObject({ kind: "error", error: { outcome: "taken" } });
  });

  test("a dialler that runs out of stream ids finishes what it has and asks to be replaced", async () => {
    const server = await startServer((request) => {
      request.respond(ok, Buffer.from("last"));
    });
    let goaways = 0;
    const connection = await connect(server.path, {
      firstStreamId: 0xffff_fffd,
      onGoaway: () => {
        goaways += 1;
      },
    });
    const results = [send(connection).finished, send(connection).finished];
    expect(goaways).toBe(1);
    expect(() => send(connection)).toThrow(expect.objectContaining({ outcome: "safe" }));
    expect((await Promise.all(results)).map((result) => result.kind)).toEqual(["end", "end"]);
    expect(await connection.closed).toBeUndefined();
  });
});

describe("strangers", () => {
  /** Sends raw bytes and gathers the GOAWAY that comes back before the peer closes. */
  async function provoke(path: string, bytes: Buffer): Promise<{ code: number; text: string } | undefined> {
    return new Promise((resolve, reject) => {
      let goaway: { code: number; text: string } | undefined;
      const reader = new FrameReader({
        onFrame: (type, _flags, _id, buffer, start, end) => {
          if (type === 5) goaway = decodeGoaway(buffer, start, end);
        },
        onDataPiece: () => undefined,
      });
      const socket = createConnection({ path }, () => {
        socket.write(bytes);
      });
      socket.on("data", (chunk: Buffer) => {
        reader.push(chunk);
      });
      socket.on("error", reject);
      socket.on("close", () => {
        resolve(goaway);
      });
    });
  }

  const helloBytes = (version: number): Buffer => {
    const out = new OutBuffer();
    const windows = { streamWindowBytes: 65_536, connectionWindowBytes: 65_536, maxFrameBytes: 65_536, maxStreams: 1 };
    encodeHello(out, 1, {
      minVersion: version,
      maxVersion: version,
      role: 0,
      capabilities: 0,
      ...windows,
      peerId: "x",
      software: "",
    });
    return Buffer.concat(out.take(Infinity));
  };
  const frame = (hex: string): Buffer => Buffer.from(hex, "hex");

  test.each([
    ["an HTTP client", Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"), 3, /announces/],
    [
      "a frame without magic",
      frame("2000000001000000000000004142434400000000000000000000000000000000000000000000000000000000"),
      1,
      /magic/,
    ],
    ["a request before HELLO", frame("000000001000000001000000"), 1, /magic/],
    ["a newer version only", helloBytes(99), 2, /speaks versions 1 to 1, the peer 99 to 99/],
    [
      "an even stream",
      Buffer.concat([helloBytes(1), frame("120000001001000002000000" + "12000000" + "00".repeat(14))]),
      1,
      /even/,
    ],
    [
      "DATA for a stream that never was",
      Buffer.concat([helloBytes(1), frame("010000001400000005000000ff")]),
      1,
      /never opened/,
    ],
    [
      "a head that does not add up",
      Buffer.concat([helloBytes(1), frame("120000001001000001000000" + "12000000" + "00".repeat(12) + "ffff")]),
      1,
      /cut off/,
    ],
    [
      "an answer from a dialler",
      Buffer.concat([helloBytes(1), frame("000000001200000001000000")]),
      1,
      /from a dialler/,
    ],
    ["a second HELLO", Buffer.concat([helloBytes(1), helloBytes(1)]), 1, /after the handshake/],
    [
      "an overflowing window",
      Buffer.concat([helloBytes(1), frame("040000000600000000000000ffffff7f")]),
      4,
      /over 2\^31/,
    ],
  ])("%s gets a GOAWAY that says why, and others are served on", async (_, bytes, code, text) => {
    const server = await startServer((request) => {
      request.respond(ok);
    });
    const connection = await connect(server.path);
    const goaway = await provoke(server.path, bytes);
    expect(goaway?.code).toBe(code);
    expect(goaway?.text).toMatch(text);
    expect((await send(connection).finished).kind).toBe("end");
    await until("stranger forgotten", () => server.connections.size === 1);
  });

  test("more body than the window is a flow control error", async () => {
    const server = await startServer(() => undefined, { streamWindowBytes: 10 });
    const emptyHead = `280000001000000001000000${"28000000"}${"00".repeat(12)}0b00${"00".repeat(22)}`;
    const elevenBytes = `0b0000001400000001000000${"00".repeat(11)}`;
    const goaway = await provoke(server.path, Buffer.concat([helloBytes(1), frame(emptyHead), frame(elevenBytes)]));
    expect(goaway).toMatchObject({ code: 4 });
  });

  test.each([
    [
      "the end of an answer that has no head",
      { type: "DATA", streamId: 1, end: true, body: "" },
      /ends before the head/,
    ],
    ["body of an answer that has no head", { type: "DATA", streamId: 1, end: false, body: "00" }, /before the head/],
    [
      "an HTTP answer to a call",
      { type: "HTTP_RESPONSE", streamId: 1, end: true, head: httpResponseHead(200), body: "" },
      /got an answer of kind http/,
    ],
  ] as const)("%s is no answer: the request fails and the connection ends", async (_, frame, message) => {
    const path = newSocketPath();
    const listener = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write(frames({ type: "WELCOME", hello: rawHello }));
      socket.on("data", (chunk: Buffer) => {
        if (chunk.includes("echo")) socket.write(frames(frame));
      });
    }).listen(path);
    const connection = await connect(path);
    expect(await send(connection).finished).toMatchObject({ kind: "error", error: { code: "protocol_error" } });
    expect(await connection.closed).toMatchObject({ code: "protocol_error", message });
    listener.close();
  });

  test("one that says nothing is dropped in time, on both sides", async () => {
    const server = await startServer(() => undefined, { handshakeTimeoutMs: 40 });
    expect(await provoke(server.path, Buffer.alloc(0))).toMatchObject({ code: 8 });
  });

  test.each([
    [0, 0],
    [2, 3],
  ])("a dialler of versions %i to %i is told both ranges, and others are served on", async (minVersion, maxVersion) => {
    const server = await startServer((request) => {
      request.respond(ok);
    });
    const goaway = await provoke(server.path, helloFrame({ minVersion, maxVersion }));
    expect(goaway).toEqual({
      lastId: 0,
      code: 2,
      text: `this side speaks versions 1 to 1, the peer ${String(minVersion)} to ${String(maxVersion)}`,
    });
    expect((await send(await connect(server.path)).finished).kind).toBe("end");
  });

  test("a newer dialler that still speaks ours is welcomed with ours, and what it appends is skipped", async () => {
    const server = await startServer(
      (request) => {
        request.respond(ok, request.wholeBody);
      },
      { saysTaken: true },
    );
    const socket = await connectRaw(server.path);
    const hello = helloFrame({ minVersion: 1, maxVersion: 7, capabilities: 0xff });
    const longer = Buffer.concat([hello, Buffer.from("a field of version 7")]);
    longer.writeUInt32LE(longer.length - 12, 0);
    socket.write(Buffer.concat([longer, callFrame(1, "echo", "6f6b")]));
    const answers: string[] = [];
    const reader = new FrameReader({
      onFrame: (type, flags, id, buffer, start, end) => {
        const frame = decodeGoldenFrame(type, flags, id, buffer, start, end);
        if (frame.type === "WELCOME") {
          answers.push(`WELCOME ${String(frame.hello.minVersion)} to ${String(frame.hello.maxVersion)}`);
          expect(frame.hello.capabilities).toBe(1);
        } else answers.push(frame.type === "RESULT" ? `RESULT ${frame.body}` : frame.type);
      },
      onDataPiece: () => undefined,
    });
    socket.on("data", (chunk: Buffer) => {
      reader.push(chunk);
    });
    await until("answered", () => answers.length === 2);
    expect(answers).toEqual(["WELCOME 1 to 1", "RESULT 6f6b"]);
  });

  test.each([0, 2])(
    "a listener that chooses version %i, which was not offered, is left with the reason",
    async (version) => {
      const path = newSocketPath();
      let heard: GoldenFrame | undefined;
      const listener = createServer((socket) => {
        socket.write(frames({ type: "WELCOME", hello: { ...rawHello, minVersion: version, maxVersion: version } }));
        const reader = new FrameReader({
          onFrame: (type, flags, id, buffer, start, end) => {
            heard = decodeGoldenFrame(type, flags, id, buffer, start, end);
          },
          onDataPiece: () => undefined,
        });
        socket.on("data", (chunk: Buffer) => {
          reader.push(chunk);
        });
      }).listen(path);
      const refused = { code: "version_mismatch", outcome: "safe", message: /chose version/ };
      await expect(connectWire({ kind: "unix", path })).rejects.toMatchObject(refused);
      await until("listener told", () => heard?.type === "GOAWAY");
      expect(heard).toMatchObject({ code: 2, text: `peer chose version ${String(version)}` });
      listener.close();
    },
  );

  test("a listener of another version is a clear, safe error for the dialler", async () => {
    const path = newSocketPath();
    const out = new OutBuffer();
    encodeGoaway(out, 0, 2, "this side speaks versions 2 to 3, the peer 1 to 1");
    const listener = createServer((socket) => {
      socket.end(Buffer.concat(out.take(Infinity)));
    }).listen(path);
    await expect(connectWire({ kind: "unix", path })).rejects.toMatchObject({
      code: "version_mismatch",
      outcome: "safe",
      message: expect.stringContaining("speaks versions 2 to 3") as string,
    });
    listener.close();
  });
});

describe("addresses", () => {
  test("nobody there, plaintext off this host, and a path that is too long are safe errors with the address", async () => {
    await expect(connectWire({ kind: "unix", path: "/tmp/nobody-listens.sock" })).rejects.toMatchObject({
      code: "connect_failed",
      outcome: "safe",
    });
    await expect(connectWire({ kind: "tcp", host: "10.0.0.1", port: 1 })).rejects.toMatchObject({ code: "refused" });
    await expect(serveWire({ kind: "tcp", host: "0.0.0.0", port: 0 }, () => undefined)).rejects.toMatchObject({
      code: "refused",
    });
    await expect(serveWire({ kind: "unix", path: `/tmp/${"x".repeat(120)}` }, () => undefined)).rejects.toMatchObject({
      code: "refused",
    });
  });

  test("a socket in use is not taken over", async () => {
    const server = await startServer(() => undefined);
    await expect(serveWire({ kind: "unix", path: server.path }, () => undefined)).rejects.toMatchObject({
      code: "connect_failed",
    });
  });
});
