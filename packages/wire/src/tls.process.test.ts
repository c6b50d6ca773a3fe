import { randomBytes } from "node:crypto";
import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { Encoding, connectWire, resultHead, serveWire } from "./index.ts";
import type { PeerIdentity, RequestHandler, WireServer, WireTls } from "./index.ts";
import { readNames } from "./tls.ts";
import { makeAuthority, makePeer } from "../test/make-certificate.ts";
import { call, send, until } from "../test/test-peers.ts";

const ok = resultHead({ encoding: Encoding.bytes });
const ca = makeAuthority();
const otherCa = makeAuthority("another CA");
const node = (name: string) => makePeer(ca, { name, uris: [`sluice://node/${name}`] });
const gatewayKeys = node("gateway");
const replicaKeys = node("replica");
const anyone = (): boolean => true;
const only =
  (name: string) =>
  (peer: PeerIdentity): boolean =>
    peer.names.includes(`sluice://node/${name}`);

const gateway: WireTls = { ...gatewayKeys, ca: ca.cert, isAllowed: only("replica") };
const replica: WireTls = { ...replicaKeys, ca: ca.cert, isAllowed: only("gateway") };

async function serve(
  tls: WireTls,
  handler: RequestHandler = (request) => {
    request.respond(ok, request.wholeBody);
  },
): Promise<WireServer & { readonly refused: string[]; readonly port: number }> {
  const refused: string[] = [];
  const server = await serveWire({ kind: "tls", host: "127.0.0.1", port: 0 }, handler, {
    tls,
    handshakeTimeoutMs: 500,
    onRefused: (reason) => refused.push(reason),
  });
  onTestFinished(async () => server.close());
  return Object.assign(server, { refused, port: server.address.kind === "unix" ? 0 : server.address.port });
}

describe("between hosts", () => {
  test("two peers with certificates of one authority talk, and each knows who the other is", async () => {
    const seen: (readonly string[] | undefined)[] = [];
    const server = await serve(replica, (request) => {
      seen.push(request.connection.identity?.names);
      void request.readBody(20_000_000).then((body) => {
        request.respond(ok, body);
      });
    });
    const connection = await connectWire(server.address, { tls: gateway });
    expect(connection.identity?.names).toEqual(["sluice://node/replica"]);
    const body = randomBytes(10_000_000);
    const [large, small] = await Promise.all([
      send(connection, call("echo"), body).finished,
      send(connection, call("echo"), Buffer.from("x")).finished,
    ]);
    expect(large.kind === "end" && large.body.equals(body)).toBe(true);
    expect(small.kind).toBe("end");
    expect(seen[0]).toEqual(["sluice://node/gateway"]);
    await connection.drain();
    await server.drain();
    expect(server.refused).toEqual([]);
  });

  test("thousands of requests at once come back to their senders", async () => {
    const server = await serve(replica);
    const connection = await connectWire(server.address, { tls: gateway });
    const bodies = Array.from({ length: 3_000 }, (_, index) => `body ${String(index)}`);
    const answers = await Promise.all(
      bodies.map(async (text) => send(connection, call("e"), Buffer.from(text)).finished),
    );
    expect(answers.map((answer) => (answer.kind === "end" ? answer.body.toString() : answer.kind))).toEqual(bodies);
    await connection.drain();
  });

  test.each<[string, WireTls, WireTls, RegExp, RegExp | undefined]>([
    [
      "a dialler of another authority",
      { ...makePeer(otherCa, { name: "gateway", uris: ["sluice://node/gateway"] }), ca: ca.cert, isAllowed: anyone },
      replica,
      /certificate does not hold/,
      /certificate does not hold/,
    ],
    [
      "a listener of another authority",
      gateway,
      { ...makePeer(otherCa, { name: "replica", uris: ["sluice://node/replica"] }), ca: ca.cert, isAllowed: anyone },
      /certificate|issuer|signature/i,
      undefined,
    ],
    [
      "a dialler that is not allowed",
      { ...node("stranger"), ca: ca.cert, isAllowed: anyone },
      replica,
      /certificate of sluice:\/\/node\/stranger is not allowed here/,
      /stranger is not allowed/,
    ],
    [
      "a listener that is not the one meant",
      { ...gateway, isAllowed: only("another") },
      replica,
      /not allowed/,
      undefined,
    ],
    [
      "a dialler whose certificate has expired",
      {
        ...makePeer(ca, { name: "gateway", uris: ["sluice://node/gateway"], untilYear: 2021 }),
        ca: ca.cert,
        isAllowed: anyone,
      },
      replica,
      /EXPIRED/,
      /EXPIRED/,
    ],
  ])("%s is refused with the reason, and nothing is served", async (_, dialler, listener, toDialler, toListener) => {
    let handled = 0;
    const server = await serve(listener, () => {
      handled += 1;
    });
    await expect(connectWire(server.address, { tls: dialler })).rejects.toMatchObject({
      code: "refused",
      outcome: "safe",
      message: expect.stringMatching(toDialler) as string,
    });
    if (toListener !== undefined) {
      await until("listener told", () => server.refused.length > 0);
      expect(server.refused[0]).toMatch(toListener);
    }
    await until("forgotten", () => server.connections.size === 0);
    expect(handled).toBe(0);
  });

  test("one without a certificate, one that speaks no TLS and one that says nothing get nowhere", async () => {
    let handled = 0;
    const server = await serve(replica, () => {
      handled += 1;
    });
    const bare = connectTls({
      host: "127.0.0.1",
      port: server.port,
      ca: ca.cert,
      checkServerIdentity: () => undefined,
    });
    const plain = createConnection({ host: "127.0.0.1", port: server.port });
    const silent = createConnection({ host: "127.0.0.1", port: server.port });
    const closed = [bare, plain, silent].map(
      async (socket) =>
        new Promise((resolve) => {
          socket.on("error", () => undefined);
          socket.on("data", () => undefined);
          socket.once("close", resolve);
        }),
    );
    plain.write("GET / HTTP/1.1\r\n\r\n");
    await Promise.all(closed);
    expect(handled).toBe(0);
    expect(server.connections.size).toBe(0);
    expect(server.refused.length).toBeGreaterThanOrEqual(3);
  });

  test("a listener closes at once, though somebody is in the middle of a handshake", async () => {
    const server = await serve(replica);
    const silent = createConnection({ host: "127.0.0.1", port: server.port });
    silent.on("error", () => undefined);
    await new Promise((resolve) => silent.once("connect", resolve));
    const connection = await connectWire(server.address, { tls: gateway });
    const startMs = performance.now();
    await server.drain();
    expect(performance.now() - startMs).toBeLessThan(400);
    expect(await connection.closed).toBeUndefined();
  });
});

describe("without certificates", () => {
  test("neither side goes off this host, or pretends to", async () => {
    const target = { kind: "tls", host: "127.0.0.1", port: 1 } as const;
    await expect(connectWire(target)).rejects.toMatchObject({ code: "refused", message: /no certificate/ });
    await expect(serveWire({ ...target, port: 0 }, () => undefined)).rejects.toMatchObject({ code: "refused" });
    await expect(connectWire({ ...target, kind: "tcp", host: "10.0.0.1" }, { tls: gateway })).rejects.toMatchObject({
      code: "refused",
      message: /which needs TLS/,
    });
  });
});

describe("names of a certificate", () => {
  test.each([
    ["DNS:a.example, URI:sluice://node/x", ["a.example", "sluice://node/x"]],
    ["IP Address:10.0.0.1, DNS:a", ["a"]],
    ['URI:"a, DNS:b", DNS:c', ["a, DNS:b", "c"]],
    ["", []],
  ])("of %s", (text, names) => {
    expect(readNames(text)).toEqual(names);
  });
});
