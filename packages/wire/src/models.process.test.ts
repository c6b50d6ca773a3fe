import { describe, expect, test } from "vitest";
import { resultHead, Encoding } from "./index.ts";
import { call, connect, send, startServer, until } from "../test/test-peers.ts";

const ok = resultHead({ encoding: Encoding.bytes });

describe("models that a replica holds", () => {
  test("are told to a caller as it connects and at every change, to all callers", async () => {
    const server = await startServer((request) => {
      request.respond(ok);
    });
    server.announceModels(["a", "b"]);
    const heard: (readonly string[])[][] = [[], []];
    await connect(server.path, { onModels: (ids) => heard[0]?.push(ids) });
    await until("told at the start", () => heard[0]?.length === 1);
    await connect(server.path, { onModels: (ids) => heard[1]?.push(ids) });
    server.announceModels(["c"]);
    server.announceModels([]);
    await until("told of changes", () => heard.every((lists) => lists.at(-1)?.length === 0));
    expect(heard).toEqual([
      [["a", "b"], ["c"], []],
      [["a", "b"], ["c"], []],
    ]);
  });

  test("are not mentioned by a replica that holds none, and a caller that does not listen is served on", async () => {
    const server = await startServer((request) => {
      request.respond(ok);
    });
    const heard: (readonly string[])[] = [];
    const connection = await connect(server.path, { onModels: (ids) => heard.push(ids) });
    const deaf = await connect(server.path);
    expect((await send(connection, call("echo")).finished).kind).toBe("end");
    expect(heard).toEqual([]);
    server.announceModels(["a"]);
    expect((await send(deaf, call("echo")).finished).kind).toBe("end");
    await until("told", () => heard.length === 1);
  });

  test("are cut to the caller's largest frame, the most recently used kept", async () => {
    const server = await startServer((request) => {
      request.respond(ok);
    });
    const ids = Array.from({ length: 1_000 }, (_, index) => `model-${String(index)}-${"x".repeat(100)}`);
    const heard: (readonly string[])[] = [];
    const connection = await connect(server.path, { maxFrameBytes: 16_384, onModels: (list) => heard.push(list) });
    server.announceModels(["x".repeat(70_000), ...ids]);
    await until("told", () => heard.length === 1);
    const told = heard[0] ?? [];
    expect(told.length).toBeGreaterThan(100);
    expect(told).toEqual(ids.slice(0, told.length));
    expect((await send(connection, call("echo")).finished).kind).toBe("end");
  });
});
