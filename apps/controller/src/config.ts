import { z } from "zod";

const Environment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "DATABASE_URL must be a postgres:// address." }),
  SLUICE_CONTROLLER_HOST: z.string().default("127.0.0.1"),
  SLUICE_CONTROLLER_PORT: z.coerce.number().int().min(0).max(65535).default(8266),
  SLUICE_CLUSTER_SECRET_FILE: z.string(),
  SLUICE_ALLOWED_HOSTS: z.string().default(""),
  SLUICE_LOG_LEVEL: z.string().default("info"),
  SLUICE_LOG_FORMAT: z.enum(["json", "pretty"]).default("json"),
  /** How long a node may be silent before its replicas count as lost. */
  SLUICE_HEARTBEAT_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
  /** How long the leader may be silent before another one takes over. */
  SLUICE_LEASE_TTL_MS: z.coerce.number().int().positive().default(6_000),
});

export interface ControllerConfig {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  readonly clusterSecretFile: string;
  readonly allowedHosts: readonly string[];
  readonly logLevel: string;
  readonly logFormat: "json" | "pretty";
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly leaseTtlMs: number;
}

/** Parses the environment once; the error names the variable and what would be right. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ControllerConfig {
  const parsed = Environment.parse(env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    host: parsed.SLUICE_CONTROLLER_HOST,
    port: parsed.SLUICE_CONTROLLER_PORT,
    clusterSecretFile: parsed.SLUICE_CLUSTER_SECRET_FILE,
    allowedHosts: parsed.SLUICE_ALLOWED_HOSTS.split(",")
      .map((host) => host.trim())
      .filter((host) => host !== ""),
    logLevel: parsed.SLUICE_LOG_LEVEL,
    logFormat: parsed.SLUICE_LOG_FORMAT,
    heartbeatIntervalMs: Math.min(2_000, Math.floor(parsed.SLUICE_HEARTBEAT_TIMEOUT_MS / 4)),
    heartbeatTimeoutMs: parsed.SLUICE_HEARTBEAT_TIMEOUT_MS,
    leaseTtlMs: parsed.SLUICE_LEASE_TTL_MS,
  };
}
