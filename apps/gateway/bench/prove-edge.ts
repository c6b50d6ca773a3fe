/**
 * The long forms of the gateway's tests. Prints one JSON object per figure: `{ name, unit, samples, target, holds }`.
 * `npm run prove -- serving.edge` runs it; by hand: `npx tsx apps/gateway/bench/prove-edge.ts`.
 */
import { execFileSync } from "node:child_process";
import {
  growthWhile,
  load,
  measureIdle,
  measureKills,
  measureSwaps,
  readSlowly,
  upload,
  type LoadFigures,
} from "../test/measure-edge.ts";
import { startGatewayProcess } from "../test/processes.ts";

const mib = 1_048_576;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function say(name: string, unit: string, sample: number, target?: string, holds?: boolean): void {
  console.log(JSON.stringify({ name, unit, samples: [sample], ...(target === undefined ? {} : { target, holds }) }));
}

function sayLoad(name: string, { answered, failures }: LoadFigures): void {
  say(`${name}: failed requests`, `of ${String(answered)}`, failures.length, "0", failures.length === 0);
  for (const failure of failures.slice(0, 3)) process.stderr.write(`${failure}\n`);
}

await using gateway = await startGatewayProcess({ SLUICE_MAX_BODY_BYTES: String(200 * mib) });
const { fixture, port, pid } = gateway;
const [one, two] = await Promise.all([gateway.addReplica("one"), gateway.addReplica("two")]);
await fixture.route(fixture.slice([one]));

// First of all: later, memory that large bodies have left behind would hide what connections take.
await measureIdle(gateway, 200, 100);
// Each connection is a descriptor on either side; the gateway's limit is that of this process.
const descriptors = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).trim()) || 1_048_576;
const wanted = Math.min(10_000, descriptors - 500);
const idle = await measureIdle(gateway, wanted, 1_000);
say(
  "idle connections",
  wanted < 10_000 ? `(ulimit -n ${String(descriptors)})` : "",
  idle.connections,
  "10000",
  idle.connections === 10_000,
);
say("  memory of each", "KiB", idle.bytesPerConnection / 1_024);
say("  p99 of requests meanwhile", "ms", idle.p99Ms);

await upload(port, 20 * mib);
await readSlowly(port, 20 * mib, Infinity, 0);

const up = await growthWhile(pid, async () => void (await upload(port, 100_000_000)));
say("memory growth for 100 MB up", "MiB", up / mib, "< 32", up < 32 * mib);
let received = 0;
const down = await growthWhile(pid, async () => void (received = await readSlowly(port, 100_000_000, 1_000_000, 10)));
say("memory growth for 100 MB down, 1 MB/s for 10 s", "MiB", down / mib, "< 32", down < 32 * mib);
say("  bytes received", "MB", received / 1e6, "100", received === 100_000_000);

const swaps = await measureSwaps(gateway, [one, two], 30);
sayLoad(`${String(swaps.swaps)} swaps of slices in 30 s under 32 clients`, swaps);
sayLoad("12 replicas killed with -9, 5 s apart, under 32 clients", await measureKills(gateway, 12, 5_000));

await fixture.route(fixture.slice([one, two], { maxOngoingRequests: 100 }));
await load(port, 8, "GET /app/x HTTP/1.1", pause(300), (_, body) => body);
two.child.kill("SIGSTOP");
const hung = await load(port, 32, "GET /app/x HTTP/1.1\r\nX-Request-Timeout-Seconds: 1", pause(20_000), (_, body) =>
  body.includes("gateway/deadline") ? "504" : body,
);
two.child.kill("SIGCONT");
const others = hung.failures.filter((failure) => !failure.startsWith("504 ")).length;
say("a replica stopped for 20 s: 504 at the deadline", `of ${String(hung.answered)}`, hung.seen.get("504") ?? 0);
say("  other failures", "", others, "0", others === 0);
