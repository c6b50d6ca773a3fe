import { z } from "zod";
import { commonEnvironment, ConfigError, parseEnvironment, planAllowedHosts } from "@sluice/observability";
import type { LogFormat, LogLevel } from "@sluice/observability";

const environment = {
  ...commonEnvironment,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "Must be a postgres:// address." }),
  SLUICE_WEB_HOST: z.string().default("127.0.0.1"),
  SLUICE_WEB_PORT: z.coerce.number().int().min(0).max(65535).default(8265),
  /** Shown in snippets, and the only place the playground sends to. */
  SLUICE_GATEWAY_URL: z
    .url({ protocol: /^https?$/, error: "Must be an http:// address." })
    .default("http://localhost:8000"),
  SLUICE_CLUSTER_SECRET_FILE: z.string(),
  /** When set, every call needs it (or a session, or an API key). */
  SLUICE_ADMIN_TOKEN: z.string().min(16, "At least 16 characters.").optional(),
  /** Where uploads wait while they are checked; the system's folder for temporary files when absent. */
  SLUICE_WEB_UPLOAD_DIR: z.string().optional(),
};

export interface WebConfig {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  readonly gatewayUrl: string;
  readonly clusterSecretFile: string;
  readonly adminToken: string | null;
  readonly allowedHosts: readonly string[];
  readonly uploadDir: string | null;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** Parses the environment once; the error names every wrong variable and what would be right. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): WebConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = parseEnvironment(environment, given);
  const host = parsed.SLUICE_WEB_HOST;
  const adminToken = parsed.SLUICE_ADMIN_TOKEN ?? null;
  if (!isLoopback(host) && adminToken === null) {
    throw new ConfigError(
      `SLUICE_WEB_HOST=${host} is reachable from other machines: set SLUICE_ADMIN_TOKEN, or bind 127.0.0.1.`,
    );
  }
  return {
    databaseUrl: parsed.DATABASE_URL,
    host,
    port: parsed.SLUICE_WEB_PORT,
    gatewayUrl: parsed.SLUICE_GATEWAY_URL,
    clusterSecretFile: parsed.SLUICE_CLUSTER_SECRET_FILE,
    adminToken,
    allowedHosts: planAllowedHosts(host, parsed.SLUICE_ALLOWED_HOSTS),
    uploadDir: parsed.SLUICE_WEB_UPLOAD_DIR ?? null,
    logLevel: parsed.SLUICE_LOG_LEVEL,
    logFormat: parsed.SLUICE_LOG_FORMAT,
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
