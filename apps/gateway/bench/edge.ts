/**
 * `npx tsx apps/gateway/bench/edge.ts [seconds per round] [rounds]`: CPU of the gateway's process per request, with 64 keep-alive
 * connections. Client and replica run in a child process, so that only the edge, the router and the wire are counted.
 */
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { httpResponseHead, serveWire, type WireRequest } from "@sluice/wire";
import { GatewayFixture } from "../test/gateway-fixture.ts";

const connections = 64;
const post = `POST /app HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n${"x".repeat(1024)}`;
/** The last one is told of by TAKEN. */
const workloads = {
  "GET, 2 bytes back": "GET /app HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1\r\nAccept: */*\r\n\r\n",
  "POST 1 KiB, 2 bytes back": post,
  "GET, 20 chunks back": "GET /app/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1\r\n\r\n",
  "POST 1 KiB, 2 bytes back, TAKEN": post,
};
type Order = { readonly port: number; readonly seconds: number; readonly request: string };

if (process.argv[2] === "peer") await runPeer(process.argv[3] ?? "");
else await measure(Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 5));

async function measure(seconds: number, rounds: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "sluice-edge-"));
  const path = join(dir, "replica.sock");
  const peer = fork(fileURLToPath(import.meta.url), ["peer", path]);
  const said = (): Promise<number> => new Promise((resolve) => peer.once("message", (count: number) => resolve(count)));
  await said();
  await using fixture = await GatewayFixture.start();
  const { port } = fixture.gateway;
  for (const [name, request] of Object.entries(workloads)) {
    const replica = name.endsWith("TAKEN") ? { replicaId: "two", path: `${path}.taken` } : { replicaId: "one", path };
    await fixture.route(fixture.slice([replica], { maxOngoingRequests: 1_000 }));
    const cpuMicros: number[] = [];
    const perSecond: number[] = [];
    for (let round = -1; round < rounds; round += 1) {
      const before = process.cpuUsage();
      const answered = said();
      peer.send({ port, seconds, request } satisfies Order);
      const count = await answered;
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round >= 0) cpuMicros.push((user + system) / count);
      if (round >= 0) perSecond.push(count / seconds);
    }
    console.log(
      `${name}: CPU ${median(cpuMicros).toFixed(1)} us per request (${cpuMicros.map((each) => each.toFixed(1)).join(", ")}), ${median(perSecond).toFixed(0)} requests/s`,
    );
  }
  peer.kill();
  await rm(dir, { recursive: true, force: true });
}

/** The replica, and the client with one request in flight on each connection. Every answer ends with "ok". */
async function runPeer(path: string): Promise<void> {
  const ok = Buffer.from("ok");
  const token = Buffer.from("token ");
  const answer = (request: WireRequest): void => {
    const { head } = request;
    if (head.kind !== "http" || head.target !== "/app/stream")
      return request.respond(httpResponseHead(200, ["content-type", "text/plain"]), ok);
    request.startResponse(httpResponseHead(200, ["content-type", "text/plain"]));
    for (let index = 1; index < 20; index += 1) request.write(token);
    request.end(ok);
  };
  await serveWire({ kind: "unix", path }, answer);
  const begin = (request: WireRequest): void => request.onceTaken(() => answer(request));
  await serveWire({ kind: "unix", path: `${path}.taken` }, begin, { saysTaken: true });
  process.on("message", (order: Order) => void load(order).then((count) => process.send?.(count)));
  process.send?.(0);
}

async function load({ port, seconds, request }: Order): Promise<number> {
  let count = 0;
  const bytes = Buffer.from(request);
  const isStream = request.includes("/stream");
  const sockets: Socket[] = [];
  await new Promise<void>((resolve, reject) => {
    for (let index = 0; index < connections; index += 1) {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        const text = chunk.toString("latin1", Math.max(0, chunk.length - 9));
        if (!text.endsWith(isStream ? "ok\r\n0\r\n\r\n" : "ok")) return;
        count += 1;
        socket.write(bytes);
      });
      socket.write(bytes);
      sockets.push(socket);
    }
    setTimeout(resolve, seconds * 1_000);
  });
  sockets.forEach((socket) => socket.destroy());
  return count;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
