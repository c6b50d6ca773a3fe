/**
 * Small echo requests over a Unix socket between two processes, and the CPU of each per request; with `taken` the listener says of each
 * that it begins.
 * Run: npx tsx packages/wire/bench/echo.ts [in flight = 64] [payload bytes = 200] [seconds = 5] [taken]
 */
import { fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Encoding, callHead, connectWire, resultHead, serveWire } from "../src/index.ts";
import type { AnswerEvents, ClientConnection } from "../src/index.ts";

const [mode, ...rest] = process.argv.slice(2);
if (mode === "serve") await serve(rest[0] ?? "", rest[1] === "taken");
else await measure(Number(mode ?? 64), Number(rest[0] ?? 200), Number(rest[1] ?? 5), rest[2] ?? "");

async function serve(path: string, saysTaken: boolean): Promise<void> {
  const head = resultHead({ encoding: Encoding.bytes });
  await serveWire(
    { kind: "unix", path },
    (request) => request.onceTaken(() => request.respond(head, request.wholeBody)),
    { saysTaken },
  );
  let before = process.cpuUsage();
  process.on("message", () => {
    const { user, system } = process.cpuUsage(before);
    process.send?.(user + system);
    before = process.cpuUsage();
  });
  process.once("disconnect", () => process.exit(0));
  process.send?.("ready");
}

async function measure(inFlight: number, payloadBytes: number, seconds: number, taken: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "wire-echo-"));
  const path = join(directory, "echo.sock");
  const server = fork(fileURLToPath(import.meta.url), ["serve", path, taken], { execArgv: process.execArgv });
  await new Promise((resolve) => server.once("message", resolve));
  const connection = await connectWire({ kind: "unix", path });
  const serverMicros = async (): Promise<number> => {
    const told = new Promise<number>((resolve) => server.once("message", resolve));
    server.send("cpu");
    return told;
  };
  await run(connection, inFlight, payloadBytes, 1_000);
  await serverMicros();
  const cpuBefore = process.cpuUsage();
  const { answers, elapsedMs, latenciesMs } = await run(connection, inFlight, payloadBytes, seconds * 1_000);
  const cpu = process.cpuUsage(cpuBefore);
  const serverCpu = await serverMicros();
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number): string => ((latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0) * 1_000).toFixed(0);
  console.log(
    `${inFlight} in flight, ${payloadBytes} B: ${Math.round((answers * 1_000) / elapsedMs)} req/s, ` +
      `p50 ${at(0.5)} us, p99 ${at(0.99)} us, CPU per request: client ${((cpu.user + cpu.system) / answers).toFixed(1)} us, server ${(serverCpu / answers).toFixed(1)} us`,
  );
  await connection.drain();
  server.disconnect();
  await rm(directory, { recursive: true });
}

async function run(
  connection: ClientConnection,
  inFlight: number,
  payloadBytes: number,
  durationMs: number,
): Promise<{ answers: number; elapsedMs: number; latenciesMs: number[] }> {
  const body = Buffer.alloc(payloadBytes, "x");
  const latenciesMs: number[] = [];
  let answers = 0;
  let running = inFlight;
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const send = (): void => {
      const sentMs = performance.now();
      const head = callHead({
        requestId: "01JDB0V4K2Q7Z9XN3M5T8R6W1C",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        application: "hello",
        revision: 3,
        deployment: "Greeter",
        route: "/hello",
        deadlineMs: 30_000,
        method: "__call__",
        encoding: Encoding.bytes,
      });
      const events: AnswerEvents = {
        onHead: () => undefined,
        onData: () => true,
        onEnd: () => {
          answers += 1;
          const now = performance.now();
          if (answers % 16 === 0) latenciesMs.push(now - sentMs);
          if (now - startMs < durationMs) send();
          else if (--running === 0) resolve({ answers, elapsedMs: now - startMs, latenciesMs });
        },
        onReject: () => {
          reject(new Error("rejected"));
        },
        onError: reject,
      };
      connection.request(head, body, events);
    };
    for (let index = 0; index < inFlight; index += 1) send();
  });
}
