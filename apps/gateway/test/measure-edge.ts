/** What the edge costs and bears, measured from outside its process. Used by the tests in short, by `bench/prove-edge.ts` in full. */
import { connect, type Socket } from "node:net";
import type { RoutingSlice } from "@sluice/contracts";
import { eventually } from "./gateway-fixture.ts";
import { residentBytes, type GatewayProcess, type ReplicaProcess } from "./processes.ts";
import { RawClient } from "./raw-client.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Highest resident memory while something runs, above what it was before. */
export async function growthWhile(pid: number, run: () => Promise<void>): Promise<number> {
  const before = residentBytes(pid);
  let highest = before;
  const watch = setInterval(() => (highest = Math.max(highest, residentBytes(pid))), 20);
  try {
    await run();
  } finally {
    clearInterval(watch);
  }
  return Math.max(highest, residentBytes(pid)) - before;
}

/** Sends `bytes` up; resolves with what the replica counted. */
export async function upload(port: number, bytes: number, fields: readonly string[] = []): Promise<number> {
  using client = await RawClient.connect(port);
  client.request("POST /app/sink HTTP/1.1", [`Content-Length: ${String(bytes)}`, ...fields]);
  const piece = Buffer.alloc(262_144, "x");
  for (let left = bytes; left > 0; left -= piece.length) {
    if (client.socket.write(left < piece.length ? piece.subarray(0, left) : piece)) continue;
    await new Promise<void>((resolve) => client.socket.once("drain", resolve));
  }
  return Number((await client.answer()).body);
}

/** Asks for `bytes` and takes them at a given pace for some seconds, then as fast as they come. Resolves with bytes received. */
export async function readSlowly(
  port: number,
  bytes: number,
  bytesPerSecond: number,
  seconds: number,
): Promise<number> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.write(`GET /app/bytes/${String(bytes)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  let received = 0;
  let headBytes = -1;
  const endMs = performance.now() + seconds * 1_000;
  for await (const chunk of socket) {
    const piece = chunk as Buffer;
    if (headBytes < 0) headBytes = piece.indexOf("\r\n\r\n") + 4;
    received += piece.length;
    if (performance.now() < endMs) await pause((piece.length / bytesPerSecond) * 1_000);
  }
  return received - headBytes;
}

export interface IdleFigures {
  readonly connections: number;
  readonly bytesPerConnection: number;
  /** Of requests on another connection while all those are open. */
  readonly p99Ms: number;
}

/** Opens connections, each of which had one request, and leaves them idle. */
export async function measureIdle(gateway: GatewayProcess, count: number, requests: number): Promise<IdleFigures> {
  const before = residentBytes(gateway.pid);
  const sockets: Socket[] = [];
  try {
    while (sockets.length < count) {
      const batch = await Promise.all(
        Array.from({ length: Math.min(200, count - sockets.length) }, () => idleConnection(gateway.port)),
      );
      sockets.push(...batch);
    }
    const bytesPerConnection = (residentBytes(gateway.pid) - before) / count;
    using client = await RawClient.connect(gateway.port);
    const latencies: number[] = [];
    for (let index = 0; index < requests; index += 1) {
      const startedMs = performance.now();
      client.request("GET /app/x HTTP/1.1");
      if ((await client.answer()).status !== 200) throw new Error("a request failed");
      latencies.push(performance.now() - startedMs);
    }
    const open = sockets.filter((socket) => !socket.destroyed).length;
    const p99Ms = latencies.sort((a, b) => a - b)[Math.floor(requests * 0.99)] ?? Number.NaN;
    return { connections: open, bytesPerConnection, p99Ms };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

function idleConnection(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("error", reject);
    socket.once("data", () => {
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.write("GET /-/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  });
}

export interface LoadFigures {
  answered: number;
  /** What was not 200, and what had no answer at all. */
  readonly failures: string[];
  /** How often each `check` of an answer was seen. */
  readonly seen: Map<string, number>;
}

/** Clients with one request after the other on a kept connection, until `until` settles. */
export async function load(
  port: number,
  clients: number,
  firstLine: string,
  until: Promise<unknown>,
  describe: (head: string, body: string) => string,
): Promise<LoadFigures> {
  const figures: LoadFigures = { answered: 0, failures: [], seen: new Map() };
  let isOver = false;
  void until.finally(() => (isOver = true));
  await Promise.all(
    Array.from({ length: clients }, async () => {
      using client = await RawClient.connect(port);
      while (!isOver) {
        client.request(firstLine);
        const answer = await client.answer().catch((error: unknown) => ({ status: 0, head: "", body: String(error) }));
        figures.answered += 1;
        if (answer.status !== 200) figures.failures.push(`${String(answer.status)} ${answer.body}`);
        if (answer.status === 0) return;
        const what = describe(answer.head, answer.body);
        figures.seen.set(what, (figures.seen.get(what) ?? 0) + 1);
      }
    }),
  );
  await eventually(() => isOver);
  return figures;
}

/**
 * Slices swapped while clients ask: revision n has a pool of its own, on the first or the second replica in turn. Failures are
 * answers that were not 200, or came from another replica than their revision's.
 */
export async function measureSwaps(
  gateway: GatewayProcess,
  replicas: readonly [ReplicaProcess, ReplicaProcess],
  seconds: number,
): Promise<LoadFigures & { readonly swaps: number }> {
  const { fixture, port } = gateway;
  const sliceOf = (revision: number): RoutingSlice => {
    const poolId = `p${String(revision)}`;
    const base = fixture.slice([replicas[revision % 2 === 0 ? 0 : 1]], { maxOngoingRequests: 100 });
    const [pool] = Object.values(base.pools);
    if (pool === undefined) throw new Error("a slice without a pool");
    return {
      ...base,
      variants: [{ variant: `r${String(revision)}`, revision, weight: 100 }],
      revisions: { [String(revision)]: { ingress: "main", pools: { main: poolId } } },
      pools: { [poolId]: { ...pool, poolId } },
    };
  };
  await fixture.route(sliceOf(0));
  let revision = 0;
  const swapping = (async () => {
    const endMs = performance.now() + seconds * 1_000;
    while (performance.now() < endMs) {
      await pause(20);
      revision += 1;
      fixture.controller.send({ type: "slices", epoch: 1, full: false, slices: [sliceOf(revision)], removed: [] });
    }
  })();
  const describe = (head: string, body: string): string => {
    const answered = Number(/\r\nx-sluice-revision: (\d+)\r\n/.exec(head)?.[1]);
    const isRight = answered <= revision && body === replicas[answered % 2 === 0 ? 0 : 1].replicaId;
    return isRight ? `revision ${String(answered)}` : `WRONG revision ${String(answered)} by ${body}`;
  };
  const figures = await load(port, 32, "GET /app/x HTTP/1.1", swapping, describe);
  for (const each of figures.seen.keys()) if (each.startsWith("WRONG")) figures.failures.push(each);
  return { ...figures, swaps: revision };
}

/** GET requests at two replicas while one of them is killed with -9 and replaced, again and again. */
export async function measureKills(gateway: GatewayProcess, kills: number, killEveryMs: number): Promise<LoadFigures> {
  const { fixture } = gateway;
  const names = Array.from({ length: kills + 2 }, (_, index) => `r${String(index)}`);
  const replicas = await Promise.all(names.map((name) => gateway.addReplica(name)));
  const routeFrom = (first: number): Promise<void> =>
    fixture.route(fixture.slice(replicas.slice(first, first + 2), { maxOngoingRequests: 100 }));
  await routeFrom(0);
  const killing = (async () => {
    for (let turn = 0; turn < kills; turn += 1) {
      await pause(killEveryMs);
      replicas[turn]?.child.kill("SIGKILL");
      await routeFrom(turn + 1);
    }
    await pause(killEveryMs);
  })();
  return load(gateway.port, 32, "GET /app/wait/5 HTTP/1.1", killing, (_, body) => body);
}
