/** Everything after install and build: leftovers, ports, database, processes, and the end. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { checkPorts } from "../bin/preflight.mjs";
import { LaunchError } from "../bin/fail.mjs";
import { refuseSecondLauncher } from "../bin/launch-lock.mjs";
import type { LaunchSettings } from "../bin/settings.mjs";
import { localUrl } from "../bin/settings.mjs";
import { openDatabase } from "./database.ts";
import { stopLeftovers } from "./leftovers.ts";
import { claimDataDir, readOrMakeSecret } from "./postgres/postgres-home.ts";
import { findFreePort } from "./postgres/free-port.ts";
import { STOP_ORDER, agentDir, displayUrl, planProcesses } from "./process-specs.ts";
import { stopOnSignals } from "./stop-on-signals.ts";
import { killStrayHosts } from "./stray-hosts.ts";
import { RunningSystem } from "./system.ts";

export interface Launch {
  readonly root: string;
  readonly settings: LaunchSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly installSeconds: number;
  readonly buildSeconds: number;
}

/** Runs the system until it is told to stop. Rejects with a LaunchError when it cannot be brought up. */
export async function runLauncher(launch: Launch): Promise<void> {
  const startedAt = Date.now();
  const { root, env } = launch;
  const print = (line: string): void => console.log(line);
  // Installing and building take minutes, in which another launcher may have come up: what it runs is no leftover.
  refuseSecondLauncher(launch.settings.dataDir);
  const stopped = await stopLeftovers(launch.settings.dataDir);
  if (stopped.length > 0) print(`stopped what an earlier run left behind: ${stopped.join(", ")}`);
  const { web, gateway, controller } = launch.settings;
  await checkPorts({ web, gateway, controller });
  const settings = await settlePorts(launch.settings);
  claimDataDir(settings.dataDir);
  rmSync(addressFile(settings), { force: true });

  const sweep = (): void => {
    const killed = killStrayHosts(agentDir(settings));
    if (killed.length > 0) print(`killed replicas that their agent left running: ${killed.join(", ")}`);
  };
  const system = new RunningSystem({ dataDir: settings.dataDir, stopOrder: STOP_ORDER, print, sweep });
  const end = stopOnSignals(system, print);
  try {
    const databaseUrl = await openDatabase(root, settings, system, print);
    const secretFile = path.join(settings.dataDir, "cluster-secret");
    readOrMakeSecret(secretFile);
    const specs = planProcesses({ root, settings, databaseUrl, secretFile, nodeName: hostname(), env });
    // The dashboard takes longest and needs nobody to begin; agent and gateway would be refused before somebody leads.
    await Promise.all([
      system.start(specs.web),
      system.start(specs.controller).then(() => Promise.all([system.start(specs.gateway), system.start(specs.agent)])),
    ]);
  } catch (error) {
    const isInterrupted = system.isStopping;
    await system.stop();
    if (!isInterrupted) throw error;
  }
  if (!system.isStopping) {
    writeAddresses(settings);
    print(renderSummary(settings, { ...launch, bootSeconds: (Date.now() - startedAt) / 1000 }));
  }
  await end;
  rmSync(addressFile(settings), { force: true });
  print("Sluice has stopped.");
}

/** Where the system answers, for programs that started it on any free port. There once all is ready, gone when stopped. */
function writeAddresses(settings: LaunchSettings): void {
  const addresses = {
    web: localUrl(settings.web),
    gateway: localUrl(settings.gateway),
    controller: localUrl(settings.controller),
  };
  const file = addressFile(settings);
  writeFileSync(`${file}.new`, JSON.stringify(addresses));
  renameSync(`${file}.new`, file);
}

const addressFile = (settings: LaunchSettings): string => path.join(settings.dataDir, "addresses.json");

/** Replaces port 0 by a free one, since every process must know the others' addresses. */
async function settlePorts(settings: LaunchSettings): Promise<LaunchSettings> {
  const settle = async <Listener extends { host: string; port: number }>(listener: Listener): Promise<Listener> =>
    listener.port === 0 ? { ...listener, port: await findFreePort(listener.host) } : listener;
  const [web, controller, gateway] = await Promise.all([
    settle(settings.web),
    settle(settings.controller),
    settle(settings.gateway),
  ]);
  const ports = new Set([web.port, controller.port, gateway.port]);
  if (ports.size < 3) throw new LaunchError("two processes were given the same free port: run this again.");
  return { ...settings, web, controller, gateway };
}

function renderSummary(
  settings: LaunchSettings,
  seconds: { readonly installSeconds: number; readonly buildSeconds: number; readonly bootSeconds: number },
): string {
  const web = displayUrl(localUrl(settings.web));
  return [
    "",
    "Sluice is ready.",
    `  dashboard   ${web}`,
    `  inference   ${displayUrl(localUrl(settings.gateway))}`,
    `  REST        ${web}/api/v1  (docs: ${web}/docs)`,
    `  data        ${settings.dataDir}${settings.databaseUrl === undefined ? "" : "  (database: DATABASE_URL)"}`,
    `  install ${seconds.installSeconds.toFixed(1)} s, build ${seconds.buildSeconds.toFixed(1)} s, boot ${seconds.bootSeconds.toFixed(1)} s. Ctrl-C stops everything.`,
    "",
  ].join("\n");
}
