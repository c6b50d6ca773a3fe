import { z } from "zod";

export const EnvVars = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "An environment variable name."),
  z.string(),
);

export const RuntimeEnv = z.strictObject({
  working_dir: z
    .string()
    .regex(/^bundle:[0-9a-f]{64}$/, "`bundle:<sha256>` of an uploaded bundle.")
    .optional(),
  env_vars: EnvVars.optional(),
});
export type RuntimeEnv = z.infer<typeof RuntimeEnv>;
