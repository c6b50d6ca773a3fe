/**
 * A request that makes two calls side by side, without a gateway: requests per second, and the CPU time of each replica per
 * request, which says more than the former on a busy machine. `npx tsx packages/replica/bench/pipeline.ts [connections] [requests] [folder]`;
 * with a folder, a CPU profile of each replica is left there.
 */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { httpRequestHead } from "@sluice/wire";
import type { ClientConnection } from "@sluice/wire";
import { buildHost, prepareApp } from "../test/build.ts";
import { RunningHost, sliceOf } from "../test/running-host.ts";

const [connections = 16, requests = 20_000] = process.argv.slice(2, 4).map(Number);
const [, , , , profileDir] = process.argv;
const nodeArgs = profileDir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
const text = Buffer.from("A film that is neither long nor short, and well worth the price of the ticket.");

await using build = await buildHost();
const bundleDir = await prepareApp("../../bench/apps/pipeline");
const hostFile = path.join(build.dir, "host.mjs");
const hosts = await Promise.all(
  ["Front", "Sentiment", "Summary"].map((deployment) =>
    RunningHost.start({ hostFile, nodeArgs, launch: { bundleDir, deployment } }),
  ),
);
for (const host of hosts) await host.ready();
const [front] = hosts;
if (front === undefined) throw new Error("no front");
front.agent.send({ type: "slices", slices: [sliceOf(hosts, "Front")] });

const links: ClientConnection[] = [];
for (let at = 0; at < connections; at += 1) links.push(await front.connect());
await run(Math.min(2_000, requests));
const cpuBefore = hosts.map(cpuMs);
const startedMs = performance.now();
await run(requests);
const wallMs = performance.now() - startedMs;
const cpuUs = hosts.map((host, at) => Math.round(((cpuMs(host) - (cpuBefore[at] ?? 0)) * 1_000) / requests));
const result = { connections, requests, perSecond: Math.round((requests * 1_000) / wallMs), cpuUsPerRequest: cpuUs };
process.stdout.write(`${JSON.stringify(result)}\n`);
for (const host of hosts) {
  if (profileDir !== undefined) {
    host.process.kill("SIGTERM");
    await host.exited;
  }
  await host.stop();
}
await rm(bundleDir, { recursive: true, force: true });

/** Closed loop: each connection has one request in flight. */
async function run(total: number): Promise<void> {
  let left = total;
  await Promise.all(
    links.map(async (link) => {
      while (left > 0) {
        left -= 1;
        await ask(link);
      }
    }),
  );
}

async function ask(link: ClientConnection): Promise<void> {
  const head = httpRequestHead({
    method: "POST",
    target: "/app/",
    requestId: "bench",
    traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    application: "app",
    deployment: "Front",
    revision: 1,
    route: "/app",
    headers: ["host", "example.test", "content-type", "text/plain"],
  });
  return new Promise((resolve, reject) => {
    link.request(head, text, {
      onHead: (answer) => {
        if (answer.kind !== "http" || answer.status !== 200) reject(new Error("not answered with 200"));
      },
      onData: () => true,
      onEnd: () => resolve(),
      onReject: () => reject(new Error("rejected")),
      onError: reject,
    });
  });
}

/** User and system time of a process so far; clock ticks are 10 ms on Linux. */
function cpuMs(host: RunningHost): number {
  const stat = readFileSync(`/proc/${host.process.pid ?? 0}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
