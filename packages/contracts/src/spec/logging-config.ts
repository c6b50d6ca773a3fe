/** Ray's `logging_config`: how a replica writes its own lines. */
import { z } from "zod";

export const logLevels = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
export type LogLevel = (typeof logLevels)[number];

const notHere = "Replicas log to rotated files in the folder of their node's agent. Leave `logs_dir` out.";

export const LoggingConfig = z.strictObject({
  encoding: z.enum(["TEXT", "JSON"], "`TEXT` or `JSON`.").optional(),
  /** A name, or a number of Python's scale (10 = DEBUG to 50 = CRITICAL). */
  log_level: z
    .union(
      [z.enum([...logLevels, "WARN", "FATAL", "NOTSET"]), z.int().min(0).max(50)],
      "One of `DEBUG`, `INFO`, `WARNING`, `ERROR`, `CRITICAL`, or a whole number from 0 to 50.",
    )
    .optional(),
  logs_dir: z.null(notHere).optional(),
  enable_access_log: z.boolean("true or false.").optional(),
  additional_log_standard_attrs: z
    .array(z.never("Attributes of Python's log records do not exist here. Leave them out."))
    .optional(),
});
export type LoggingConfig = z.infer<typeof LoggingConfig>;

/** What is absent is as the node is set; a line for each request is only written when asked for. */
export const ResolvedLogging = z.strictObject({
  encoding: z.enum(["TEXT", "JSON"]).optional(),
  level: z.enum(logLevels).optional(),
  access_log: z.boolean().optional(),
});
export type ResolvedLogging = z.infer<typeof ResolvedLogging>;

/** The innermost block counts as a whole, as in Ray. Undefined where nothing is said. */
export function resolveLogging(written: LoggingConfig | undefined): ResolvedLogging | undefined {
  if (written === undefined) return undefined;
  const { encoding, log_level: level, enable_access_log: accessLog } = written;
  return {
    ...(encoding === undefined ? {} : { encoding }),
    ...(level === undefined ? {} : { level: levelOf(level) }),
    ...(accessLog === undefined ? {} : { access_log: accessLog }),
  };
}

function levelOf(written: NonNullable<LoggingConfig["log_level"]>): LogLevel {
  // Records at or above the number are written: that is the next name up.
  if (typeof written === "number") return logLevels[Math.max(0, Math.ceil(written / 10) - 1)] ?? "CRITICAL";
  if (written === "WARN") return "WARNING";
  if (written === "FATAL") return "CRITICAL";
  return written === "NOTSET" ? "DEBUG" : written;
}
