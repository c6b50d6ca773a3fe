import { pino } from "pino";
import type { DestinationStream, Logger as PinoLogger } from "pino";
import { createPrettyStream } from "./pretty-stream.ts";

export type Logger = PinoLogger;

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];
export type LogFormat = "json" | "pretty";

export interface LoggerOptions {
  /** Name of the process: `gateway`, `agent`, ... */
  readonly name: string;
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

/** Names whose values never reach a log, at the top of a line and one or two levels down. */
const secretNames = [
  "secret",
  "clusterSecret",
  "token",
  "adminToken",
  "password",
  "authorization",
  "Authorization",
  "cookie",
  "apiKey",
  "databaseUrl",
  "DATABASE_URL",
];

const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/**
 * One JSON object per line (`json`), or one short line for people (`pretty`). Writes are synchronous, so the last line
 * before a crash is never lost; the data plane does not log per request.
 */
export function createLogger({ name, level, format, destination }: LoggerOptions): Logger {
  const sink = destination ?? pino.destination({ fd: 1, sync: true });
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
      redact: { paths: redactedPaths, censor: "[redacted]" },
    },
    format === "pretty" ? createPrettyStream(sink) : sink,
  );
}
