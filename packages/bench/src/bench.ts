/** `npm run bench`: the product beside its peers; exits 1 when a target is missed, 2 on wrong use. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runComparison } from "./compare.ts";
import { allPeers } from "./peers/index.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { stopPeersOnSignals } from "./running-peers.ts";
import { allWorkloads } from "./workloads/index.ts";

const usage = `usage: npm run bench -- [options]

  --out DIR            write bench.md and bench.json there, too
  --workloads A,B      only these: ${allWorkloads.map(({ id }) => id).join(", ")}
  --sides A,B          only these: ${allPeers.map(({ name }) => `"${name}"`).join("; ")} (separated by ";")
  --repetitions N      5
  --seconds S          3, of each measurement
  --quick              1 repetition of 1 s: shows that the bench works, proves nothing

SLUICE_BENCH_RAY_PYTHON names the Python of an environment with Ray Serve 2.58; without it Ray's sides are left out.
`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  const { values } = parseArgs({
    options: {
      out: { type: "string" },
      workloads: { type: "string" },
      sides: { type: "string" },
      repetitions: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  stopPeersOnSignals();
  if (values.help) print(usage);
  else {
    const report = await runComparison({
      workloads: choose(allWorkloads, values.workloads?.split(","), ({ id }) => id),
      peers: choose(allPeers, values.sides?.split(";"), ({ name }) => name),
      settings: values.quick
        ? { repetitions: 1, seconds: 1 }
        : { repetitions: wholeNumber(values.repetitions), seconds: wholeNumber(values.seconds) },
      log: print,
    });
    const markdown = renderMarkdown(report);
    if (values.out !== undefined) {
      await mkdir(values.out, { recursive: true });
      await writeFile(join(values.out, "bench.md"), markdown);
      await writeFile(join(values.out, "bench.json"), `${JSON.stringify(report, undefined, 2)}\n`);
    }
    print(`\n${markdown}`);
    if (report.targets.some(({ outcome }) => outcome === "misses")) process.exitCode = 1;
  }
} catch (error) {
  print(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 2;
}

/** Those that were named, or all. */
function choose<T>(all: readonly T[], names: readonly string[] | undefined, nameOf: (one: T) => string): readonly T[] {
  if (names === undefined) return all;
  return names.map((name) => {
    const found = all.find((one) => nameOf(one) === name.trim());
    if (found === undefined) throw new Error(`there is no ${name}\n\n${usage}`);
    return found;
  });
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${text} is no whole number above 0\n\n${usage}`);
  return value;
}
