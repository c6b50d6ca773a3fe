import { hostname } from "node:os";
import { z } from "zod";
import {
  commonEnvironment,
  parseEnvironment,
  planAllowedHosts,
  type LogFormat,
  type LogLevel,
} from "@sluice/observability";

const environment = {
  ...commonEnvironment,
  SLUICE_GATEWAY_HOST: z.string().default("127.0.0.1"),
  SLUICE_GATEWAY_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  SLUICE_CONTROLLER_URL: z.url("An address such as http://127.0.0.1:8266.").default("http://127.0.0.1:8266"),
  SLUICE_CLUSTER_SECRET_FILE: z.string(),
  /** Where the newest routing snapshot is kept for a start without a controller. */
  SLUICE_GATEWAY_STATE_DIR: z.string(),
  SLUICE_GATEWAY_NAME: z.string().default(hostname()),
  /** Longest a request may take, queueing included; 0 = no limit (Ray's request_timeout_s). */
  SLUICE_REQUEST_TIMEOUT_S: z.coerce.number().nonnegative().default(0),
  /** Largest request body in bytes. */
  SLUICE_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(100 * 1024 * 1024),
};

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  readonly controllerUrl: string;
  readonly clusterSecretFile: string;
  readonly stateDir: string;
  readonly name: string;
  readonly allowedHosts: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly requestTimeoutMs: number;
  readonly maxBodyBytes: number;
}

/** Parses the environment once; the error names the variable and what would be right. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const parsed = parseEnvironment(environment, env);
  return {
    host: parsed.SLUICE_GATEWAY_HOST,
    port: parsed.SLUICE_GATEWAY_PORT,
    controllerUrl: parsed.SLUICE_CONTROLLER_URL,
    clusterSecretFile: parsed.SLUICE_CLUSTER_SECRET_FILE,
    stateDir: parsed.SLUICE_GATEWAY_STATE_DIR,
    name: parsed.SLUICE_GATEWAY_NAME,
    allowedHosts: planAllowedHosts(parsed.SLUICE_GATEWAY_HOST, parsed.SLUICE_ALLOWED_HOSTS),
    logLevel: parsed.SLUICE_LOG_LEVEL,
    logFormat: parsed.SLUICE_LOG_FORMAT,
    requestTimeoutMs: parsed.SLUICE_REQUEST_TIMEOUT_S * 1000,
    maxBodyBytes: parsed.SLUICE_MAX_BODY_BYTES,
  };
}
