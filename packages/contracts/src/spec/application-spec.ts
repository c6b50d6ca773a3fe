import { z } from "zod";
import { Name, RoutePrefix } from "../names.ts";
import { DeploymentSpec } from "./deployment-options.ts";
import { LoggingConfig } from "./logging-config.ts";
import { RuntimeEnv } from "./runtime-env.ts";

/**
 * What `PUT /applications/{name}` takes: one entry of `applications` in a Ray Serve config file, plus `engine`.
 * Unset and null are kept apart, as in Ray: unset means "what the code says".
 */
export const ApplicationSpec = z.strictObject({
  name: Name,
  /** Path under which the gateway serves it; null = not reachable over HTTP. */
  route_prefix: RoutePrefix.nullable().default("/"),
  /** `module:attribute` inside the bundle of `runtime_env.working_dir`; absent for pure model applications. */
  import_path: z
    .string()
    .regex(/^[A-Za-z0-9_./-]+[:.][A-Za-z_$][A-Za-z0-9_$]*$/, "`module:attribute`, for example `app:app`.")
    .optional(),
  runtime_env: RuntimeEnv.default({}),
  /** Arguments of an application builder function. */
  args: z.record(z.string(), z.json()).default({}),
  /** For deployments that have none of their own. */
  logging_config: LoggingConfig.nullable().optional(),
  /** The number of replicas comes from outside, by the scale call: then nothing is autoscaled. */
  external_scaler_enabled: z.boolean("true or false.").optional(),
  engine: z.literal("sluice", "Only the engine `sluice` runs applications today.").default("sluice"),
  deployments: z.array(DeploymentSpec).default([]),
});
export type ApplicationSpec = z.infer<typeof ApplicationSpec>;
/** The same as a person writes it, defaults left out. */
export type ApplicationSpecInput = z.input<typeof ApplicationSpec>;

/** A whole Ray Serve style config file. */
export const ConfigFile = z.looseObject({
  applications: z.array(z.unknown()).min(1, "At least one application."),
});

/** Query or header metadata of a revision. */
export const RevisionMessage = z.string().max(500, "At most 500 characters.");
