import { z } from "zod";

const EnvironmentName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "An environment variable name.");

/** Without a null byte: no operating system can pass one on. */
const Text = z.string().refine((text) => !text.includes("\0"), "Must not hold a null byte.");

/**
 * What the runtime `process` starts: any program that serves HTTP/1.1 on a port of 127.0.0.1 it is told.
 * `{port}` in `command` and in the values of `env` is replaced by that port, and `PORT` is set to it.
 */
export const ProcessSpec = z.strictObject({
  /** Program and arguments, started as they are: no shell. */
  command: z
    .array(Text, "A list of texts, for example [python3, server.py, --port, '{port}']. There is no shell.")
    .min(1, "Needs the program to start.")
    .max(1000, "At most 1000 arguments.")
    .refine((command) => command[0] !== "", "The program must not be empty."),
  /** Laid over `runtime_env.env_vars`. */
  env: z.record(EnvironmentName, Text).default({}),
  /** Folder inside the bundle in which the program starts. */
  working_dir: z
    .string()
    .regex(/^(?!\/)[^\\\0]*$/, "A folder inside the bundle, for example `server`.")
    .refine((path) => !path.split("/").includes(".."), "`..` leads out of the bundle.")
    .default("."),
  /** Asked with GET: any status of 200 to 399 means well. */
  health_path: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, "A path that begins with `/`, for example `/health`.")
    .default("/health"),
  /** From the start of the program to its first good answer at `health_path`. */
  startup_timeout_s: z.number().positive("More than 0 seconds.").max(86_400, "At most a day.").default(120),
  /** Whether the program sees paths below the route prefix (`/predict`) or whole ones (`/digits/predict`). */
  strip_route_prefix: z.boolean().default(true),
});
export type ProcessSpec = z.infer<typeof ProcessSpec>;
