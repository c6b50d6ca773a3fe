import type { ReconcileSettings } from "@sluice/domain";
import { z } from "zod";
import type { NodeDoorConfig } from "./http/node-door.ts";
import {
  ConfigError,
  commonEnvironment,
  parseEnvironment,
  planAllowedHosts,
  type LogFormat,
  type LogLevel,
} from "@sluice/observability";

const environment = {
  ...commonEnvironment,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "Must be a postgres:// address." }),
  SLUICE_CONTROLLER_HOST: z.string().default("127.0.0.1"),
  SLUICE_CONTROLLER_PORT: z.coerce.number().int().min(0).max(65535).default(8266),
  SLUICE_CLUSTER_SECRET_FILE: z.string(),
  /** Certificate (with its chain) and key in PEM: both open the door for nodes on other machines. */
  SLUICE_CONTROLLER_TLS_CERT: z.string().min(1).optional(),
  SLUICE_CONTROLLER_TLS_KEY: z.string().min(1).optional(),
  SLUICE_CONTROLLER_TLS_HOST: z.string().min(1).default("0.0.0.0"),
  SLUICE_CONTROLLER_TLS_PORT: z.coerce.number().int().min(0).max(65535).default(8267),
  /** Where nodes reach that door, for example https://sluice.example.com:8267. */
  SLUICE_CONTROLLER_TLS_URL: z.url({ protocol: /^https$/, error: "Must be an https:// address." }).optional(),
  /** How long a node may be silent before its replicas count as lost. */
  SLUICE_HEARTBEAT_TIMEOUT_MS: z.coerce.number().int().positive().default(10_000),
  /** How long the leader may be silent before another one takes over: that and a sixth of it, at the latest. */
  SLUICE_LEASE_TTL_MS: z.coerce.number().int().positive().default(4_000),
  /** Everything is looked at again this often, whatever events said. */
  SLUICE_RESYNC_INTERVAL_MS: z.coerce.number().int().positive().default(5_000),
  /** Certificates of gateways, nodes and replicas hold for so long; they are renewed at half of it. At most a week. */
  SLUICE_CERTIFICATE_LIFETIME_S: z.coerce
    .number()
    .min(2)
    .max(7 * 24 * 3_600)
    .default(24 * 3_600),
  /** A rollout that comes no nearer to its end for so long is rolled back, when an older revision serves. */
  SLUICE_ROLLOUT_DEADLINE_S: z.coerce.number().positive().default(600),
  /** Replicas of the revision before are kept for so long after an update, for a rollback. 0 = not at all. */
  SLUICE_WARM_ROLLBACK_S: z.coerce.number().nonnegative().default(120),
};

export interface ControllerConfig {
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  readonly clusterSecretFile: string;
  readonly allowedHosts: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly leaseTtlMs: number;
  readonly resyncIntervalMs: number;
  readonly certificateLifetimeMs: number;
  /** Null: nodes join on this machine only. */
  readonly nodeDoor: NodeDoorConfig | null;
  readonly rollouts: ReconcileSettings;
}

/** Parses the environment once; the error names the variable and what would be right. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): ControllerConfig {
  const parsed = parseEnvironment(environment, env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    host: parsed.SLUICE_CONTROLLER_HOST,
    port: parsed.SLUICE_CONTROLLER_PORT,
    clusterSecretFile: parsed.SLUICE_CLUSTER_SECRET_FILE,
    allowedHosts: planAllowedHosts(parsed.SLUICE_CONTROLLER_HOST, parsed.SLUICE_ALLOWED_HOSTS),
    logLevel: parsed.SLUICE_LOG_LEVEL,
    logFormat: parsed.SLUICE_LOG_FORMAT,
    heartbeatIntervalMs: Math.min(2_000, Math.floor(parsed.SLUICE_HEARTBEAT_TIMEOUT_MS / 4)),
    heartbeatTimeoutMs: parsed.SLUICE_HEARTBEAT_TIMEOUT_MS,
    leaseTtlMs: parsed.SLUICE_LEASE_TTL_MS,
    certificateLifetimeMs: parsed.SLUICE_CERTIFICATE_LIFETIME_S * 1000,
    resyncIntervalMs: parsed.SLUICE_RESYNC_INTERVAL_MS,
    nodeDoor: nodeDoorOf(parsed),
    rollouts: {
      rolloutDeadlineMs: parsed.SLUICE_ROLLOUT_DEADLINE_S * 1000,
      warmMs: parsed.SLUICE_WARM_ROLLBACK_S * 1000,
    },
  };
}

function nodeDoorOf(parsed: {
  readonly SLUICE_CONTROLLER_TLS_CERT?: string | undefined;
  readonly SLUICE_CONTROLLER_TLS_KEY?: string | undefined;
  readonly SLUICE_CONTROLLER_TLS_HOST: string;
  readonly SLUICE_CONTROLLER_TLS_PORT: number;
  readonly SLUICE_CONTROLLER_TLS_URL?: string | undefined;
}): NodeDoorConfig | null {
  const certFile = parsed.SLUICE_CONTROLLER_TLS_CERT;
  const keyFile = parsed.SLUICE_CONTROLLER_TLS_KEY;
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined) {
    throw new ConfigError(
      "SLUICE_CONTROLLER_TLS_CERT and SLUICE_CONTROLLER_TLS_KEY belong together: give both, or none.",
    );
  }
  return {
    certFile,
    keyFile,
    host: parsed.SLUICE_CONTROLLER_TLS_HOST,
    port: parsed.SLUICE_CONTROLLER_TLS_PORT,
    url: parsed.SLUICE_CONTROLLER_TLS_URL?.replace(/\/+$/, "") ?? null,
  };
}
