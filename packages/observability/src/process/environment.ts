import { z } from "zod";
import { logLevels } from "../logging/logger.ts";
import { ConfigError } from "./config-error.ts";

/** A comma-separated list; blanks are dropped. */
export const commaList = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/** `1|true|yes|on` or `0|false|no|off|` (empty). */
export const flag = z
  .string()
  .toLowerCase()
  .refine((text) => /^(1|true|yes|on|0|false|no|off|)$/.test(text), "1 or 0.")
  .transform((text) => /^(1|true|yes|on)$/.test(text));

/** Variables every process understands, to be spread into its own schema. */
export const commonEnvironment = {
  SLUICE_LOG_LEVEL: z.enum(logLevels).default("info"),
  SLUICE_LOG_FORMAT: z.enum(["json", "pretty"]).default("json"),
  SLUICE_ALLOWED_HOSTS: commaList.default([]),
};

/** Parses the environment once; an error names every wrong variable in one line. */
export function parseEnvironment<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const result = z.object(shape).safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.join(".");
    return `${name}: ${env[name] === undefined ? "must be set." : issue.message}`;
  });
  throw new ConfigError(`Wrong settings in the environment. ${problems.join(" ")}`);
}
