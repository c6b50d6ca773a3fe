import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ProcessSpec } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import { findFamily, killFamily } from "@sluice/observability";
import type { z } from "zod";
import type { HostBuild } from "./build.ts";
import { RunningHost } from "./running-host.ts";

export const fixturePrograms = fileURLToPath(new URL("fixture-programs/", import.meta.url));

export interface ProgramGiven {
  readonly process?: Partial<z.input<typeof ProcessSpec>>;
  readonly launch?: Partial<HostLaunch>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Hosts whose replicas are programs; each test's are ended with all they started. */
export class RunningPrograms {
  readonly #running: RunningHost[] = [];

  async start(host: HostBuild, given: ProgramGiven = {}): Promise<RunningHost> {
    const one = await RunningHost.start({
      hostFile: path.join(host.dir, "host.mjs"),
      ...(given.env === undefined ? {} : { env: given.env }),
      launch: {
        runtime: "process",
        bundle: "",
        importPath: "",
        bundleDir: fixturePrograms,
        // A busy machine is no sick program.
        healthCheckTimeoutS: 10,
        process: ProcessSpec.parse({ command: [process.execPath, "server.mjs"], ...given.process }),
        ...given.launch,
      },
    });
    this.#running.push(one);
    return one;
  }

  async stopAll(): Promise<void> {
    for (const one of this.#running.splice(0)) {
      const mark = markOf(one);
      await one.stop();
      killFamily({ mark, leader: null });
    }
  }
}

/** The mark of all that the replica's program started: the path of the host's launch file. */
export function markOf({ launch }: RunningHost): string {
  return path.join(launch.runDir, `${launch.replicaId}.json`);
}

export function familyOf(one: RunningHost): number[] {
  const host = one.process.pid;
  return findFamily({ mark: markOf(one), leader: null }).filter((pid) => pid !== host);
}

export function rssMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
