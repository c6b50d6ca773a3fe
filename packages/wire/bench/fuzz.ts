/**
 * Attacks the parser, both ends, and a listening socket, for as long as told.
 * Run: npx tsx packages/wire/bench/fuzz.ts [minutes = 5] [first seed = the time]
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Encoding, resultHead, serveWire } from "../src/index.ts";
import { runFuzz } from "../test/fuzz/run-fuzz.ts";

const minutes = Number(process.argv[2] ?? 5);
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
const directory = await mkdtemp(join(tmpdir(), "wire-fuzz-"));
const path = join(directory, "s.sock");
const server = await serveWire({ kind: "unix", path }, (request) => {
  void request.readBody(1_000_000).then(
    (body) => request.respond(resultHead({ encoding: Encoding.bytes }), body),
    () => undefined,
  );
});
const endMs = performance.now() + minutes * 60_000;
const report = await runFuzz(firstSeed, () => performance.now() >= endMs, 20_000, path);
// Each leaves one second after our side closed, at the latest.
const waitMs = performance.now() + 3_000;
while (server.connections.size > 0 && performance.now() < waitMs) await new Promise((go) => setTimeout(go, 20));
const leftOver = server.connections.size;
await server.close();
await rm(directory, { recursive: true });

const million = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
console.log(
  `${String(report.total)} executions in ${(report.elapsedMs / 60_000).toFixed(1)} minutes from seed ${String(firstSeed)} ` +
    `(${Object.entries(report.executions)
      .map(([target, count]) => `${target} ${String(count)}`)
      .join(", ")})`,
);
console.log(
  `findings ${String(report.findings.length)}, connections left ${String(leftOver)}, handles ${String(report.handleGrowth)}, ` +
    `heap ${million(report.heapGrowthBytes)}, buffers ${million(report.bufferGrowthBytes)}`,
);
for (const finding of report.findings) console.log(finding);
process.exitCode = report.findings.length > 0 || leftOver > 0 ? 1 : 0;
