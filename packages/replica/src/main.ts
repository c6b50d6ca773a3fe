/**
 * One replica: `node host.mjs <assignment.json>`, or `node host.mjs --warm …`, which learns from its agent which one it is
 * when everything but the replica is loaded. Exit codes: 0 drained, 1 failed (the constructor, the model, or an
 * exception that user code left uncaught), 2 wrong settings.
 */
import { readFile } from "node:fs/promises";
import { HostLaunch, memberName, warmHostFlag } from "@sluice/contracts";
import { exitCodes } from "@sluice/observability";
import { inheritedEnvironment, loadConfig } from "./config.ts";
import { collectBodies, scribbleOverReads } from "@sluice/wire";
import { collectYoung, longBodyBytes } from "./host/collect-garbage.ts";
import { Host } from "./host/host.ts";
import { LiveLog } from "./host/live-log.ts";
import { tolerateClosedOutput } from "./host/output.ts";
import { waitForOrder } from "./host/wait-for-order.ts";

tolerateClosedOutput();
// Stacks name the user's own TypeScript files and lines.
process.setSourceMapsEnabled(true);
const [, , given] = process.argv;
if (given === undefined) {
  process.stderr.write("usage: host <assignment.json>\n");
  process.exit(exitCodes.config);
}
const launchFile = given === warmHostFlag ? await waitForOrder() : given;
// No agent, no replica.
if (launchFile === undefined) process.exit(0);
const config = loadConfig();
if (config.SLUICE_SCRIBBLE_OVER_READS) scribbleOverReads();
collectBodies(longBodyBytes, collectYoung);
const launch = HostLaunch.parse(JSON.parse(await readFile(launchFile, "utf8")));
// The host's own lines go to stderr; standard output is the user's.
const log = new LiveLog({ level: config.SLUICE_LOG_LEVEL, format: config.SLUICE_LOG_FORMAT }, process.stderr, {
  replicaId: memberName(launch),
  deployment: launch.deployment,
});
log.follow(launch.logging);
const host = new Host({
  launch,
  launchFile,
  env: inheritedEnvironment(),
  logger: log.logger,
  followLogging: (logging) => log.follow(logging),
  orphanTimeoutS: config.SLUICE_ORPHAN_TIMEOUT_S,
  exit: (code) => process.exit(code),
});

// After an uncaught exception user state is unknown, so the process ends and is replaced.
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    const what = event === "uncaughtException" ? "uncaught exception" : "unhandled rejection";
    process.stderr.write(
      `${what}, the replica ends:\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(exitCodes.crashed);
  });
}
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.on(signal, () => void host.drain(signal));
}
await host.run();
