import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Figure, Proof } from "../proof.ts";
import { runClosedLoop } from "../load/closed-loop.ts";
import { deployWithCli } from "../product/deploy.ts";
import { checkoutRoot, startProduct } from "../product/start-product.ts";
import { percentile } from "../statistics.ts";

const repetitions = 5;
const durationMs = 4_000;
const warmUpMs = 1_000;

interface Side {
  readonly name: string;
  readonly port: number;
  readonly path: string;
}

export const throughputProof: Proof = {
  id: "skeleton.9",
  title: "Requests per second and p50 of `hello` through the gateway, beside a bare Node HTTP server",
  method: `closed loop on raw sockets, 1 and 64 connections, ${String(repetitions)} alternating repetitions of ${String(durationMs / 1000)} s each after ${String(warmUpMs / 1000)} s of warm-up; generator, gateway and replica share the machine`,
  run: async (log) => {
    await using product = await startProduct();
    await deployWithCli(product, join(checkoutRoot, "packages/examples/hello"));
    await using bare = await startBareServer();
    const sides: readonly Side[] = [
      { name: "sluice", port: Number(new URL(product.gateway).port), path: "/hello" },
      { name: "bare node", port: bare.port, path: "/" },
    ];
    const figures: Figure[] = [];
    for (const connections of [1, 64]) {
      const rates = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
      const medians = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
      let errors = 0;
      for (let turn = 0; turn < repetitions; turn += 1) {
        for (const { name, port, path } of sides) {
          const result = await runClosedLoop({ host: "127.0.0.1", port, path, connections, durationMs, warmUpMs });
          rates.get(name)?.push(result.requestsPerSecond);
          medians.get(name)?.push(percentile(result.latenciesMs, 0.5));
          errors += result.errors;
        }
        log(`${String(connections)} connections, repetition ${String(turn + 1)} of ${String(repetitions)}`);
      }
      const at = (name: string, index: number) => rates.get(name)?.[index] ?? Number.NaN;
      for (const { name } of sides) {
        figures.push({
          name: `${name}, ${String(connections)} connections`,
          unit: "req/s",
          samples: rates.get(name) ?? [],
        });
        figures.push({
          name: `${name}, ${String(connections)} connections, p50`,
          unit: "ms",
          samples: medians.get(name) ?? [],
        });
      }
      figures.push({
        name: `sluice / bare node, ${String(connections)} connections`,
        unit: "x",
        samples: Array.from({ length: repetitions }, (_, index) => at("sluice", index) / at("bare node", index)),
      });
      figures.push({
        name: `errors, ${String(connections)} connections`,
        unit: "",
        samples: [errors],
        target: "0",
        holds: errors === 0,
      });
    }
    return figures;
  },
};

async function startBareServer(): Promise<{ port: number } & AsyncDisposable> {
  const server: ChildProcess = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "bare-server.ts")],
    {
      cwd: checkoutRoot,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const [line] = (await once(server.stdout ?? server, "data")) as [Buffer];
  return {
    port: Number(line.toString()),
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGTERM");
      if (server.exitCode === null) await once(server, "exit");
    },
  };
}
