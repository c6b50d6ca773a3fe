/**
 * What the runtime `process` costs: requests per second and median latency of a program asked directly over HTTP, and
 * through its replica (wire -> host -> program). Both sides from this process, alternating.
 *
 *   npx tsx packages/replica/bench/process-overhead.ts [rounds] [seconds per measurement]
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ProcessSpec } from "@sluice/contracts";
import { httpRequestHead } from "@sluice/wire";
import type { ClientConnection } from "@sluice/wire";
import { Pool } from "undici";
import { buildHost } from "../test/build.ts";
import { listListeningPorts } from "../src/process/listening-ports.ts";
import { familyOf } from "../test/running-program.ts";
import { RunningHost } from "../test/running-host.ts";

const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 2);
const image = Buffer.from(JSON.stringify({ pixels: Array.from({ length: 64 }, (_, at) => at % 17) }));

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  /** CPU of the host per request: what does not depend on who else is busy. */
  readonly hostMicroseconds: number;
}

type Ask = (done: (isGood: boolean) => void) => void;

/** Closed loop: so many requests at a time. */
async function measure(ask: Ask, concurrency: number, hostPid: number): Promise<Measured> {
  const times: number[] = [];
  let failed = 0;
  const cpuBefore = cpuMicroseconds(hostPid);
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  const loop = (): Promise<void> =>
    new Promise((resolve) => {
      const next = (): void => {
        const sentMs = performance.now();
        if (sentMs >= endMs) return resolve();
        ask((isGood) => {
          times.push(performance.now() - sentMs);
          if (!isGood) failed += 1;
          next();
        });
      };
      next();
    });
  await Promise.all(Array.from({ length: concurrency }, loop));
  if (failed > 0) throw new Error(`${failed} of ${times.length} requests failed`);
  const perSecond = times.length / ((performance.now() - startMs) / 1_000);
  const hostMicroseconds = (cpuMicroseconds(hostPid) - cpuBefore) / times.length;
  return { perSecond, p50Ms: medianOf(times), hostMicroseconds };
}

/** User and system time (fields 14 and 15 of /proc/<pid>/stat, in ticks of 10 ms). */
function cpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function direct(pool: Pool): Ask {
  const headers = ["content-type", "application/json"];
  return (done) => {
    let isGood = false;
    pool.dispatch(
      { method: "POST", path: "/", headers, body: image },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_, status) => {
          isGood = status === 200;
        },
        onResponseData: () => undefined,
        onResponseEnd: () => done(isGood),
        onResponseError: () => done(false),
      },
    );
  };
}

function throughReplica({ launch }: RunningHost, connection: ClientConnection): Ask {
  const { application, deployment, revision } = launch;
  const headers = ["host", "localhost", "content-type", "application/json"];
  const target = { method: "POST", target: "/app/", route: "/app", application, deployment, revision, headers };
  const head = httpRequestHead({ ...target, requestId: "bench" });
  return (done) => {
    let isGood = false;
    connection.request(head, image, {
      onHead: (answer) => {
        isGood = answer.kind === "http" && answer.status === 200;
      },
      onData: () => true,
      onEnd: () => done(isGood),
      onReject: () => done(false),
      onError: () => done(false),
    });
  };
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

interface Program {
  readonly bundleDir: string;
  readonly command: readonly string[];
  readonly concurrencies: readonly number[];
}

async function compare(hostFile: string, title: string, { bundleDir, command, concurrencies }: Program) {
  const spec = ProcessSpec.parse({ command, health_path: "/" });
  const launch = { runtime: "process" as const, bundle: "", importPath: "", maxOngoingRequests: 1_000, bundleDir };
  const one = await (await RunningHost.start({ hostFile, launch: { ...launch, process: spec } })).ready();
  const hostPid = one.process.pid ?? 0;
  const [port] = listListeningPorts(familyOf(one));
  const pool = new Pool(`http://127.0.0.1:${port}`, { pipelining: 1 });
  const sides = { direct: direct(pool), replica: throughReplica(one, await one.connect()) };
  for (const concurrency of concurrencies) {
    const results: Record<keyof typeof sides, Measured[]> = { direct: [], replica: [] };
    for (const ask of Object.values(sides)) await measure(ask, concurrency, hostPid);
    for (let round = 0; round < rounds; round += 1) {
      for (const side of ["direct", "replica"] as const)
        results[side].push(await measure(sides[side], concurrency, hostPid));
    }
    const text = (side: readonly Measured[]): string =>
      `${rateOf(side).toFixed(0)}/s, p50 ${medianOf(side.map(({ p50Ms }) => p50Ms)).toFixed(2)} ms`;
    const cpu = medianOf(results.replica.map(({ hostMicroseconds }) => hostMicroseconds));
    const ratio = rateOf(results.replica) / rateOf(results.direct);
    console.info(
      `${title}, ${concurrency} at a time: direct ${text(results.direct)}; through the replica ${text(results.replica)}; ratio ${ratio.toFixed(2)}; host CPU ${cpu.toFixed(0)} us per request`,
    );
  }
  await pool.destroy();
  await one.stop();
}

function rateOf(side: readonly Measured[]): number {
  return medianOf(side.map(({ perSecond }) => perSecond));
}

await using build = await buildHost();
const hostFile = path.join(build.dir, "host.mjs");
await compare(hostFile, "bare Node server", {
  bundleDir: fileURLToPath(new URL("./", import.meta.url)),
  command: [process.execPath, "bare-server.mjs"],
  concurrencies: [1, 16, 64],
});
await compare(hostFile, "Python standard library", {
  bundleDir: fileURLToPath(new URL("../../examples/python-stdlib/", import.meta.url)),
  command: ["python3", "server.py", "--port", "{port}"],
  concurrencies: [1, 16],
});
