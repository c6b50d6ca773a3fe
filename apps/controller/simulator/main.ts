/** `tsx apps/controller/simulator/main.ts [--seed N] [--seeds COUNT] [--hours H] [--calm]` */
import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "5" },
    hours: { type: "string", default: "1" },
    nodes: { type: "string", default: "9" },
    calm: { type: "boolean", default: false },
  },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const first = Number(values.seed ?? 1);
const count = values.seed === undefined ? Number(values.seeds) : 1;

for (let seed = first; seed < first + count; seed += 1) {
  const startedMs = performance.now();
  const result = await simulate({
    seed,
    simulatedMs: Number(values.hours) * 3_600_000,
    nodes: Number(values.nodes),
    isCalm: values.calm,
  });
  const { problems, deeds, commits, ticks, found } = result;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const outcome = problems.length === 0 ? "holds" : "FAILED";
  print(
    `seed ${String(seed)}  ${outcome}  ${String(ticks)} ticks, ${String(deeds.length)} deeds, ${String(commits)} commits, ${String(found)} found by resync, ${seconds} s`,
  );
  if (problems.length === 0) continue;
  process.exitCode = 1;
  for (const line of deeds.slice(-12)) print(`    ${line}`);
  for (const problem of problems) print(`  ! ${problem}`);
}
