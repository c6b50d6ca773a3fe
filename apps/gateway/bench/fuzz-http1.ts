/**
 * `npx tsx apps/gateway/bench/fuzz-http1.ts <minutes> [first seed]`: generated connections to this edge and to Node's own server.
 * Prints what differs; exits 1 at a difference by which requests could be smuggled.
 */
import { ServerPair } from "../test/differential/compare-servers.ts";

const minutes = Number(process.argv[2] ?? 5);
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
const endMs = performance.now() + minutes * 60_000;
const servers = new ServerPair();
const stricter = new Map<string, number>();
const broader = new Map<string, number>();
let executions = 0;
let agreed = 0;
const violations: string[] = [];
const startBytes = process.memoryUsage.rss();

for (let seed = firstSeed; performance.now() < endMs && violations.length < 20; seed += 1) {
  const result = await servers.compare(seed);
  executions += 1;
  agreed += result.agreed;
  if (result.stricter !== "") stricter.set(result.stricter, (stricter.get(result.stricter) ?? 0) + 1);
  if (result.broader !== "") broader.set(result.broader, (broader.get(result.broader) ?? 0) + 1);
  if (result.violation !== "") violations.push(`seed ${String(seed)}: ${result.violation}`);
}
servers.close();

const ranMinutes = minutes - Math.max(0, endMs - performance.now()) / 60_000;
console.log(`${String(executions)} connections in ${ranMinutes.toFixed(1)} minutes from seed ${String(firstSeed)}`);
console.log(`${String(agreed)} requests understood alike`);
console.log(`memory grew by ${((process.memoryUsage.rss() - startBytes) / 1_048_576).toFixed(0)} MiB`);
for (const [name, counts] of [["stricter than Node", stricter] as const, ["broader than Node", broader] as const])
  for (const [reason, count] of [...counts].sort(([, a], [, b]) => b - a))
    console.log(`${name}: ${String(count)} x ${reason}`);
for (const violation of violations) console.log(`VIOLATION ${violation}`);
console.log(`${String(violations.length)} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
