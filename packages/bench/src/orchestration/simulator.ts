/**
 * The controller's simulator: its real code through hours of played time from fixed seeds, then at full scale over a real
 * Postgres. `npm run prove -- orchestration.6 --seed 17` replays one seed and nothing else.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { checkoutRoot } from "../product/start-product.ts";
import type { Figure, Proof } from "../proof.ts";
import { median } from "../statistics.ts";

const seeds = 12;
const hours = 1;
const tsx = join(checkoutRoot, "node_modules/tsx/dist/cli.mjs");

const Scale = z.object({
  fullMs: z.array(z.number()),
  changeMs: z.array(z.number()),
  rssBytes: z.number(),
  rowsPerS: z.number(),
  walPerS: z.number(),
  cpuShare: z.number(),
  fillMs: z.number(),
  deployS: z.number(),
  deployProfile: z.array(z.string()),
  fullProfile: z.array(z.string()),
});

export const simulatorProof: Proof = {
  id: "orchestration.6",
  title: "Simulator: seeds held to the invariants at every write; 1,000 nodes, 10,000 replicas, 500 applications",
  method: `${String(seeds)} rough and ${String(seeds / 3)} calm seeds of ${String(hours)} h each, checked at every commit and at rest; scale: heartbeats each 2 s, each replica's load each 10 s, Postgres with production settings`,
  run: async (log) => {
    const seed = process.argv.includes("--seed") ? process.argv[process.argv.indexOf("--seed") + 1] : undefined;
    if (seed !== undefined) return [await replay(seed, log)];
    const rough = await runSeeds(["--seeds", String(seeds)], log);
    const calm = await runSeeds(["--calm", "--seeds", String(seeds / 3)], log);
    return [
      { name: "seeds that failed", unit: "", samples: [rough + calm], target: "0", holds: rough + calm === 0 },
      ...(await measureScale(log)),
    ];
  },
};

async function replay(seed: string, log: (line: string) => void): Promise<Figure> {
  const calm = process.argv.includes("--calm") ? ["--calm"] : [];
  const failed = await runSeeds(["--seed", seed, ...calm], log);
  return { name: `seed ${seed} failed`, unit: "", samples: [failed], target: "0", holds: failed === 0 };
}

/** Answers how many failed. */
async function runSeeds(options: readonly string[], log: (line: string) => void): Promise<number> {
  const lines = await run(["apps/controller/simulator/main.ts", "--hours", String(hours), ...options], log);
  return lines.filter((line) => /^seed \d+ {2}FAILED/.test(line)).length + (lines.length === 0 ? 1 : 0);
}

async function measureScale(log: (line: string) => void): Promise<Figure[]> {
  const lines = await run(["apps/controller/test/scale/main.ts"], () => undefined);
  const scale = Scale.parse(JSON.parse(lines.at(-1) ?? ""));
  log("own time of functions while 10,000 replicas are placed and started:");
  for (const line of scale.deployProfile) log(`  ${line}`);
  log("own time of functions in full reconciles:");
  for (const line of scale.fullProfile) log(`  ${line}`);
  const changes = scale.changeMs.toSorted((a, b) => a - b);
  const p95 = changes[Math.floor(changes.length * 0.95)] ?? Number.NaN;
  const rssMb = scale.rssBytes / 1e6;
  const walMb = scale.walPerS / 1e6;
  return [
    figure("full reconcile, nothing to do", "ms", scale.fullMs, "median < 1000 ms", median(scale.fullMs) < 1000),
    figure("one application's change", "ms", scale.changeMs, "median < 50 ms", median(scale.changeMs) < 50),
    { name: "one application's change, p95", unit: "ms", samples: [p95] },
    figure("memory of the controller with the played nodes", "MB", [rssMb], "< 600 MB", rssMb < 600),
    figure("rows written", "/s", [scale.rowsPerS], "< 500 /s", scale.rowsPerS < 500),
    figure("WAL", "MB/s", [walMb], "< 1 MB/s", walMb < 1),
    { name: "of one core, with the played nodes", unit: "", samples: [scale.cpuShare] },
    { name: "a new leader reads everything", unit: "ms", samples: [scale.fillMs] },
    { name: "10,000 replicas placed and started", unit: "s", samples: [scale.deployS] },
  ];
}

function figure(name: string, unit: string, samples: readonly number[], target: string, holds: boolean): Figure {
  return { name, unit, samples, target, holds };
}

/** Runs a program of the controller; answers its lines. What it says on stderr is passed on. */
async function run(args: readonly string[], log: (line: string) => void): Promise<string[]> {
  const child = spawn(process.execPath, [tsx, ...args], { cwd: checkoutRoot, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  let told = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    const lines = text.split("\n").slice(0, -1);
    for (const line of lines.slice(told)) log(line);
    told = lines.length;
  });
  await once(child, "close");
  return text.split("\n").filter((line) => line !== "");
}
