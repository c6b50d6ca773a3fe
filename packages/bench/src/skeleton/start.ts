import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Proof } from "../proof.ts";
import { checkoutRoot, startProduct } from "../product/start-product.ts";

const run = promisify(execFile);

export const startProof: Proof = {
  id: "skeleton.1",
  title: "Fresh clone to ready, a second start, and nothing left after Ctrl-C",
  method:
    "git clone of this checkout's HEAD into a temporary folder, new data directory, start, SIGINT, start again, SIGINT; 1 repetition",
  run: async (log) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-clone-"));
    const root = join(folder, "sluice");
    const dataDir = join(folder, "data");
    try {
      await run("git", ["clone", "--quiet", checkoutRoot, root]);
      const first = await startAndStop(root, dataDir, log);
      const second = await startAndStop(root, dataDir, log);
      const left = await processesNaming(folder);
      for (const line of left) log(`left behind: ${line}`);
      return [
        { name: "first start, all of it", unit: "s", samples: [first.totalS] },
        ...first.parts.map(([name, seconds]) => ({ name: `  ${name}`, unit: "s", samples: [seconds] })),
        { name: "second start", unit: "s", samples: [second.totalS], target: "< 10 s", holds: second.totalS < 10 },
        { name: "stopping", unit: "s", samples: [first.stopS, second.stopS] },
        { name: "processes left", unit: "", samples: [left.length], target: "0", holds: left.length === 0 },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Start {
  readonly totalS: number;
  readonly stopS: number;
  readonly parts: readonly (readonly [string, number])[];
}

async function startAndStop(root: string, dataDir: string, log: (line: string) => void): Promise<Start> {
  const startMs = performance.now();
  const product = await startProduct({ root, dataDir });
  const totalS = (performance.now() - startMs) / 1000;
  const summary = product.output.find((line) => /install [\d.]+ s, build/.test(line)) ?? "";
  log(`ready after ${totalS.toFixed(1)} s: ${summary.trim()}`);
  const stopMs = performance.now();
  product.launcher.kill("SIGINT");
  await once(product.launcher, "exit");
  const parts = [...summary.matchAll(/(install|build|boot) ([\d.]+) s/g)].map(
    ([, name, seconds]) => [name ?? "", Number(seconds)] as const,
  );
  return { totalS, stopS: (performance.now() - stopMs) / 1000, parts };
}

/** Command lines of living processes that name the folder: everything of ours runs from it. */
async function processesNaming(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(folder)) found.push(`${pid} ${commandLine.replaceAll("\0", " ")}`);
  }
  return found;
}
