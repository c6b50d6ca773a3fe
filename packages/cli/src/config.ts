import { z } from "zod";

const Environment = z.object({
  SLUICE_URL: z.url("SLUICE_URL must be an address such as http://localhost:8265.").default("http://localhost:8265"),
  SLUICE_TOKEN: z.string().default(""),
  NO_COLOR: z.string().optional(),
});

export interface CliDefaults {
  readonly url: string;
  readonly token: string;
  readonly color: boolean;
}

/** What an agent started from here sees: all of it, without what is for the dashboard. */
export function agentEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const { SLUICE_TOKEN: _token, ...rest } = env;
  return rest;
}

/** Defaults from the environment; flags are laid over them. */
export function readDefaults(env: NodeJS.ProcessEnv = process.env): CliDefaults {
  const parsed = Environment.parse(env);
  return { url: parsed.SLUICE_URL, token: parsed.SLUICE_TOKEN, color: parsed.NO_COLOR === undefined };
}
