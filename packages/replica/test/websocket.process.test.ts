import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { rm } from "node:fs/promises";
import path from "node:path";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { RunningHost } from "./running-host.ts";
import { startUpgradeBridge } from "./upgrade-bridge.ts";

describe("an ingress with websocket(socket, request)", () => {
  let build: HostBuild;
  let bundleDir: string;
  let host: RunningHost;
  let bridge: Awaited<ReturnType<typeof startUpgradeBridge>>;
  beforeAll(async () => {
    build = await buildHost();
    bundleDir = await prepareApp("chat");
    host = await RunningHost.start({
      hostFile: path.join(build.dir, "host.mjs"),
      launch: { bundleDir, deployment: "Chat" },
    });
    await host.ready();
    bridge = await startUpgradeBridge(host);
  });
  afterAll(async () => {
    await bridge[Symbol.asyncDispose]();
    await host.stop();
    await build[Symbol.asyncDispose]();
    await rm(bundleDir, { recursive: true, force: true });
  });

  async function open(path = "/app?name=Ada"): Promise<{ socket: WebSocket; next: () => Promise<string | Buffer> }> {
    const socket = new WebSocket(bridge.url + path);
    const waiting: (string | Buffer)[] = [];
    let wake: (() => void) | undefined;
    socket.on("message", (data: Buffer, isBinary) => {
      waiting.push(isBinary ? data : data.toString());
      wake?.();
    });
    await once(socket, "open");
    const next = async (): Promise<string | Buffer> => {
      while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return waiting.shift() ?? "";
    };
    return { socket, next };
  }

  it("converses in text and bytes, small and large", async () => {
    const { socket, next } = await open();
    expect(await next()).toBe("hello Ada");
    socket.send("grüße");
    expect(await next()).toBe("grüße");
    const bytes = Buffer.alloc(3_000_000, "0123456789");
    socket.send(bytes);
    expect(bytes.equals((await next()) as Buffer)).toBe(true);
    socket.send("bye");
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1000);
  });

  it("closes with 1011 when user code throws, and writes the stack to its log", async () => {
    const { socket, next } = await open();
    await next();
    socket.send("break");
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1011);
    await eventually("the stack", () => host.stderr.includes("broken on purpose"));
  });

  it("tells user code that the client left, and frees its place", async () => {
    const { socket, next } = await open();
    await next();
    socket.terminate();
    await eventually("the end of the messages", () => host.stderr.includes("the client left"));
    expect((await open()).socket.readyState).toBe(WebSocket.OPEN);
  });

  it("answers 400 to a broken handshake, and says to HTTP that it speaks WebSocket", async () => {
    const answer = await host.request("GET", "/app", undefined, {
      headers: ["connection", "upgrade", "upgrade", "websocket"],
    });
    expect(answer.status).toBe(400);
    const plain = await host.request("GET", "/app");
    expect(plain.status).toBe(404);
    expect(plain.text).toContain("ws://");
  });
});
