import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { refusedLinkCode } from "@sluice/contracts";
import { z } from "zod";
import { LinkClient } from "./link-client.ts";

const Outgoing = z.object({ type: z.literal("hello"), name: z.string() });
const Incoming = z.object({ type: z.enum(["welcome", "refused"]), epoch: z.int(), reason: z.string().optional() });
const secret = "a-secret-of-this-cluster";
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startServer() {
  const state = { refused: 0 };
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    verifyClient: ({ req }: { req: IncomingMessage }) => {
      const isKnown = req.headers.authorization === `Bearer ${secret}`;
      if (!isKnown) state.refused += 1;
      return isKnown;
    },
  });
  await once(server, "listening");
  const peers: WebSocket[] = [];
  const texts: string[] = [];
  server.on("connection", (peer) => {
    peers.push(peer);
    peer.on("message", (data) => texts.push((data as Buffer).toString()));
  });
  const close = () => {
    for (const peer of server.clients) peer.terminate();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  closers.push(close);
  return {
    peers,
    texts,
    port: (server.address() as AddressInfo).port,
    get refused() {
      return state.refused;
    },
  };
}

function startClient(
  port: number,
  options: { secret?: string; pingIntervalMs?: number; refusedRetryMs?: number } = {},
) {
  const messages: z.infer<typeof Incoming>[] = [];
  const closed: string[] = [];
  const lines: string[] = [];
  const client = new LinkClient({
    url: `http://127.0.0.1:${port}/internal/agent`,
    secret: options.secret ?? secret,
    outgoing: Outgoing,
    incoming: Incoming,
    logger: pino({ level: "info", base: null }, { write: (line: string) => void lines.push(line) }),
    backoff: { minMs: 5, maxMs: 20 },
    ...(options.refusedRetryMs === undefined ? {} : { refusedRetryMs: options.refusedRetryMs }),
    ...(options.pingIntervalMs === undefined ? {} : { pingIntervalMs: options.pingIntervalMs }),
    onOpen: () => void client.send({ type: "hello", name: "n" }),
    onMessage: (message) => messages.push(message),
    onClose: (reason) => closed.push(reason),
  });
  client.start();
  closers.push(() => client.close());
  return { client, messages, closed, lines };
}

test("says hello again after each loss of the link", async () => {
  const server = await startServer();
  const { closed } = startClient(server.port);
  await vi.waitFor(() => expect(server.texts).toHaveLength(1));
  server.peers[0]?.terminate();
  await vi.waitFor(() => expect(server.texts).toHaveLength(2));
  expect(closed).toHaveLength(1);
});

test("a message of a lower epoch is refused and counted", async () => {
  const server = await startServer();
  const { client, messages } = startClient(server.port);
  await vi.waitFor(() => expect(server.peers).toHaveLength(1));
  for (const epoch of [3, 2, 3]) server.peers[0]?.send(JSON.stringify({ type: "welcome", epoch }));
  await vi.waitFor(() => expect(messages).toHaveLength(2));
  expect(client.counters.staleEpoch).toBe(1);
  expect(client.epoch).toBe(3);
});

test("one that was removed is told so once, asks seldom, and is up only when it is welcome", async () => {
  const server = await startServer();
  const retryMs = 150;
  const { lines } = startClient(server.port, { refusedRetryMs: retryMs });
  const dials: number[] = [];
  const refuse = async (n: number): Promise<void> => {
    await vi.waitFor(() => expect(server.peers).toHaveLength(n));
    dials.push(performance.now());
    const reason = "Node n was removed by ann.";
    server.peers[n - 1]?.send(JSON.stringify({ type: "refused", epoch: 1, reason }));
    server.peers[n - 1]?.close(refusedLinkCode, "cut short");
  };
  for (const n of [1, 2, 3]) await refuse(n);
  // Waiting polls each 50 ms.
  for (const n of [1, 2]) expect((dials[n] ?? 0) - (dials[n - 1] ?? 0)).toBeGreaterThan(retryMs - 60);
  expect(lines.filter((line) => line.includes("refuses this process"))).toHaveLength(1);
  expect(lines[0]).toContain("Node n was removed by ann.");
  expect(lines.join("")).not.toContain("is up");
  await vi.waitFor(() => expect(server.peers).toHaveLength(4));
  server.peers[3]?.send(JSON.stringify({ type: "welcome", epoch: 1 }));
  await vi.waitFor(() => expect(lines.join("")).toContain("link to the controller is up"));
});

test("what is no message is ignored and counted, and the link stays", async () => {
  const server = await startServer();
  const { client, messages } = startClient(server.port);
  await vi.waitFor(() => expect(server.peers).toHaveLength(1));
  for (const text of ["{", '{"type":"other","epoch":1}', '{"type":"welcome","epoch":1}']) server.peers[0]?.send(text);
  await vi.waitFor(() => expect(messages).toHaveLength(1));
  expect(client.counters.invalid).toBe(2);
});

test("a wrong secret never opens the link", async () => {
  const server = await startServer();
  const { client } = startClient(server.port, { secret: "another-secret-of-some-length" });
  await vi.waitFor(() => expect(server.refused).toBeGreaterThanOrEqual(2));
  expect(client.isOpen).toBe(false);
  expect(client.send({ type: "hello", name: "n" })).toBe(false);
  expect(client.counters.dropped).toBe(1);
});

test("a peer that stopped answering pings is given up", async () => {
  const server = await startServer();
  const { closed } = startClient(server.port, { pingIntervalMs: 10 });
  await vi.waitFor(() => expect(server.peers).toHaveLength(1));
  // A stopped process: the socket is open but nobody reads it.
  server.peers[0]?.pause();
  await vi.waitFor(() => expect(closed).toEqual(["no sign of life from the controller"]));
});
