import { commonEnvironment, parseEnvironment } from "@sluice/observability";
import { z } from "zod";

/** Settings of a host; what a replica is comes with its launch file. */
const shape = {
  SLUICE_LOG_LEVEL: commonEnvironment.SLUICE_LOG_LEVEL,
  SLUICE_LOG_FORMAT: commonEnvironment.SLUICE_LOG_FORMAT,
  /** Seconds without any agent after which the host drains itself. */
  SLUICE_ORPHAN_TIMEOUT_S: z.coerce.number().positive().default(3_600),
  /** For tests: whoever keeps what a socket only lent finds garbage in it. */
  SLUICE_SCRIBBLE_OVER_READS: z.stringbool().default(false),
};

export type HostConfig = z.infer<z.ZodObject<typeof shape>>;

export function loadConfig(env: NodeJS.ProcessEnv = process.env): HostConfig {
  return parseEnvironment(shape, env);
}

/** What the agent gave this process; a program that it starts gets the part of it that is meant for programs. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv = process.env): Readonly<NodeJS.ProcessEnv> {
  return env;
}

/** From now on this process, its libraries and what it starts find these variables and no others. */
export function replaceEnvironment(env: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}
