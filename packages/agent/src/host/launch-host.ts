import type { Assignment } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { LaunchedHost } from "../supervise/start-replica.ts";
import { planHostEnvironment } from "./host-environment.ts";
import { planWarmStart } from "./plan-warm-start.ts";
import type { ReplicaFiles } from "./replica-files.ts";
import { startHost } from "./start-host.ts";
import type { WarmHosts } from "./warm-hosts.ts";

export interface LaunchPorts {
  readonly files: ReplicaFiles;
  readonly warmHosts: WarmHosts;
  readonly command: readonly string[];
  readonly runDir: string;
  readonly nodeId: string;
  readonly nodeName: string;
  readonly inherited: Readonly<Record<string, string>>;
  readonly logLevel: string;
  readonly logFormat: string;
  readonly logger: Logger;
}

/** Starts the process of a replica whose bundle is prepared: a warm host takes its place where that is possible. */
export async function launchHost(assignment: Assignment, bundleDir: string, ports: LaunchPorts): Promise<LaunchedHost> {
  const { files, warmHosts, command, runDir, nodeId, nodeName, inherited, logLevel, logFormat, logger } = ports;
  const { replicaId } = assignment;
  await files.saveLaunch({ ...assignment, bundleDir, runDir, nodeId, nodeName });
  const env = planHostEnvironment({ assignment, inherited, logLevel, logFormat });
  const output = { stdoutPath: files.stdoutPath(replicaId), stderrPath: files.stderrPath(replicaId) };
  const launchFile = files.assignmentPath(replicaId);
  const warmStart = planWarmStart(env, inherited);
  if (!warmStart.isPossible) logger.debug({ replicaId, reason: warmStart.reason }, "starts without a warm host");
  const warm = warmStart.isPossible ? warmHosts.take() : undefined;
  if (warm === undefined) {
    const started = startHost({ command: [...command, launchFile], cwd: bundleDir, env, ...output });
    if (started.host !== null) files.saveHost(replicaId, started.host);
    return started;
  }
  warm.moveOutput(output);
  // Known on disk before it becomes the replica: an agent that starts after this one has died must find it.
  files.saveHost(replicaId, warm.host);
  warm.order({ launchFile, cwd: bundleDir, env });
  return warm;
}
