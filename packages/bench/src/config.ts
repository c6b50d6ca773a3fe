import { z } from "zod";

const Environment = z.object({
  /** Interpreter of a Python environment with Ray Serve; without it Ray's sides are left out. */
  SLUICE_BENCH_RAY_PYTHON: z.string().optional(),
});

export interface BenchConfig {
  readonly rayPython: string | undefined;
  /** What started processes inherit. */
  readonly environment: NodeJS.ProcessEnv;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): BenchConfig {
  const parsed = Environment.parse(env);
  const rayPython = parsed.SLUICE_BENCH_RAY_PYTHON;
  return { rayPython: rayPython === "" ? undefined : rayPython, environment: env };
}
