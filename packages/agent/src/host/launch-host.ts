import { memberName } from "@sluice/contracts";
import type { Assignment, WarmHostOrder } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { LaunchedHost } from "../supervise/start-replica.ts";
import { planHostEnvironment } from "./host-environment.ts";
import { planWarmStart } from "./plan-warm-start.ts";
import type { ProcessName } from "./process-facts.ts";
import type { ReplicaFiles } from "./replica-files.ts";
import { startHost } from "./start-host.ts";
import type { StartHostOptions } from "./start-host.ts";
import type { WarmHost, WarmHosts } from "./warm-hosts.ts";

export interface LaunchPorts {
  readonly files: ReplicaFiles;
  readonly warmHosts: WarmHosts;
  readonly command: readonly string[];
  readonly runDir: string;
  readonly nodeId: string;
  readonly nodeName: string;
  /** Where other machines reach its replicas, or `local`. */
  readonly dataAddress: string;
  /** Where they listen for others, if that is another one. */
  readonly dataListenAddress?: string;
  readonly inherited: Readonly<Record<string, string>>;
  readonly logLevel: string;
  readonly logFormat: string;
  readonly logger: Logger;
}

type ReplicaOutput = Pick<StartHostOptions, "stdoutPath" | "stderrPath">;

/** Starts the process of a replica whose bundle is prepared: a warm host takes its place where that is possible. */
export async function launchHost(assignment: Assignment, bundleDir: string, ports: LaunchPorts): Promise<LaunchedHost> {
  const { files, warmHosts, command, inherited, logLevel, logFormat, logger } = ports;
  const { runDir, nodeId, nodeName, dataAddress, dataListenAddress } = ports;
  const member = memberName(assignment);
  const place = { bundleDir, runDir, nodeId, nodeName, dataAddress };
  await files.saveLaunch({
    ...assignment,
    ...place,
    ...(dataListenAddress === undefined ? {} : { dataListenAddress }),
  });
  const env = planHostEnvironment({ assignment, inherited, logLevel, logFormat });
  const output = { stdoutPath: files.stdoutPath(member), stderrPath: files.stderrPath(member) };
  const launchFile = files.assignmentPath(member);
  const warmStart = planWarmStart(env, inherited);
  if (!warmStart.isPossible)
    logger.debug({ replicaId: member, reason: warmStart.reason }, "starts without a warm host");
  const warm = warmStart.isPossible ? warmHosts.take() : undefined;
  return takeOver(warm, output, logger)
    ? orderWarmHost(warm, { launchFile, cwd: bundleDir, env }, (host) => files.saveHost(member, host))
    : startCold({ command: [...command, launchFile], cwd: bundleDir, env, ...output }, (host) =>
        files.saveHost(member, host),
      );
}

/** False when there is none, or its output cannot become the replica's, as between two file systems. */
function takeOver(warm: WarmHost | undefined, output: ReplicaOutput, logger: Logger): warm is WarmHost {
  try {
    warm?.moveOutput(output);
    return warm !== undefined;
  } catch (err) {
    logger.warn({ err }, "a warm host could not be used");
    warm?.dismiss();
    return false;
  }
}

/** It is known on disk before it becomes the replica: an agent that starts after this one has died must find it. */
function orderWarmHost(warm: WarmHost, order: WarmHostOrder, save: (host: ProcessName) => void): LaunchedHost {
  try {
    save(warm.host);
  } catch (error) {
    warm.dismiss();
    throw error;
  }
  warm.order(order);
  return warm;
}

function startCold(options: StartHostOptions, save: (host: ProcessName) => void): LaunchedHost {
  const started = startHost(options);
  if (started.host !== null) save(started.host);
  return started;
}
