import { availableParallelism, hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import {
  commaList,
  commonEnvironment,
  ConfigError,
  parseEnvironment,
  planAllowedHosts,
  type LogFormat,
  type LogLevel,
} from "@sluice/observability";
import type { OverloadAnswer } from "./request/forward-request.ts";
import type { EdgeLimits } from "./edge/limits.ts";

/** Replicas, which do the real work, need the other three. */
function defaultWorkers(): number {
  return Math.max(1, Math.floor(availableParallelism() / 4));
}

/** On a single processor the replica could not run while the gateway polls for its answer. */
function defaultBusyPollUs(): number {
  return availableParallelism() > 1 ? 300 : 0;
}

const environment = {
  ...commonEnvironment,
  SLUICE_GATEWAY_HOST: z.string().default("127.0.0.1"),
  SLUICE_GATEWAY_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  /** One or more controllers, comma-separated: whichever leads is found. */
  SLUICE_CONTROLLER_URL: commaList
    .refine(
      (urls) => urls.length > 0 && urls.every((url) => /^https?:\/\//.test(url) && URL.canParse(url)),
      "Addresses such as http://127.0.0.1:8266.",
    )
    .default(["http://127.0.0.1:8266"]),
  SLUICE_CLUSTER_SECRET_FILE: z.string(),
  /** Where the newest routing snapshot is kept for a start without a controller. */
  SLUICE_GATEWAY_STATE_DIR: z.string(),
  SLUICE_GATEWAY_NAME: z.string().default(hostname()),
  /** Longest a request may take, queueing included; 0 = no limit (Ray's request_timeout_s). */
  SLUICE_REQUEST_TIMEOUT_S: z.coerce.number().nonnegative().default(0),
  /** Answer when max_queued_requests is reached: 503 as in Ray Serve, or 429. */
  SLUICE_QUEUE_FULL_STATUS: z.coerce
    .number()
    .pipe(z.union([z.literal(503), z.literal(429)], "503 or 429."))
    .default(503),
  /** Seconds after which a client that met a full line, or no ready replica, should come again. */
  SLUICE_RETRY_AFTER_S: z.coerce.number().positive().default(1),
  /** Largest request body in bytes. */
  SLUICE_MAX_BODY_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(100 * 1024 * 1024),
  /** PEM files of a certificate and its key: with them the port speaks TLS, and HTTP/2 with clients that can. */
  SLUICE_GATEWAY_TLS_CERT_FILE: z.string().optional(),
  SLUICE_GATEWAY_TLS_KEY_FILE: z.string().optional(),
  /** Processes that share the port; by default one for every four processors. Each counts as a gateway of its own. */
  SLUICE_GATEWAY_WORKERS: z.coerce.number().int().min(1).max(256).default(defaultWorkers()),
  /** Longest time in microseconds that the gateway stays awake for a lone client's next event; 0 = sleep at once. */
  SLUICE_BUSY_POLL_US: z.coerce.number().min(0).max(10_000).default(defaultBusyPollUs()),
  /** Set by the gateway itself: this process is the worker of that number. */
  SLUICE_GATEWAY_WORKER: z.coerce.number().int().positive().optional(),
  /** Longest head of a request in bytes. */
  SLUICE_MAX_HEAD_BYTES: z.coerce.number().int().min(1_024).max(1_048_576).default(16_384),
  /** Clients that may be connected at once; the next one is refused. */
  SLUICE_MAX_CONNECTIONS: z.coerce.number().int().positive().default(20_000),
  /** A client must send the head of its request within this time. */
  SLUICE_HEAD_TIMEOUT_S: z.coerce.number().positive().default(30),
  /** A client that sends nothing of its body, or takes nothing of its answer, for this long is let go. */
  SLUICE_STALL_TIMEOUT_S: z.coerce.number().positive().default(60),
  /** A connection without a request is kept this long (Ray's keep_alive_timeout_s). */
  SLUICE_KEEP_ALIVE_TIMEOUT_S: z.coerce.number().positive().default(90),
};

export interface GatewayConfig {
  readonly host: string;
  readonly port: number;
  /** Without slashes at their ends. */
  readonly controllerUrls: readonly string[];
  readonly clusterSecretFile: string;
  readonly stateDir: string;
  readonly name: string;
  readonly allowedHosts: readonly string[];
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly requestTimeoutMs: number;
  readonly busyPollMs: number;
  readonly maxBodyBytes: number;
  readonly workers: number;
  /** This process shares its port with others. */
  readonly isWorker: boolean;
  readonly overload: OverloadAnswer;
  readonly certificateFiles: { readonly cert: string; readonly key: string } | null;
  readonly limits: EdgeLimits;
}

/** Parses the environment once; the error names the variable and what would be right. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): GatewayConfig {
  const parsed = parseEnvironment(environment, env);
  const worker = parsed.SLUICE_GATEWAY_WORKER;
  return {
    host: parsed.SLUICE_GATEWAY_HOST,
    port: parsed.SLUICE_GATEWAY_PORT,
    controllerUrls: parsed.SLUICE_CONTROLLER_URL.map((url) => url.replace(/\/+$/, "")),
    clusterSecretFile: parsed.SLUICE_CLUSTER_SECRET_FILE,
    stateDir:
      worker === undefined
        ? parsed.SLUICE_GATEWAY_STATE_DIR
        : join(parsed.SLUICE_GATEWAY_STATE_DIR, `worker-${String(worker)}`),
    name: worker === undefined ? parsed.SLUICE_GATEWAY_NAME : `${parsed.SLUICE_GATEWAY_NAME}/${String(worker)}`,
    workers: parsed.SLUICE_GATEWAY_WORKERS,
    isWorker: worker !== undefined,
    allowedHosts: planAllowedHosts(parsed.SLUICE_GATEWAY_HOST, parsed.SLUICE_ALLOWED_HOSTS),
    logLevel: parsed.SLUICE_LOG_LEVEL,
    logFormat: parsed.SLUICE_LOG_FORMAT,
    requestTimeoutMs: parsed.SLUICE_REQUEST_TIMEOUT_S * 1000,
    busyPollMs: parsed.SLUICE_BUSY_POLL_US / 1000,
    maxBodyBytes: parsed.SLUICE_MAX_BODY_BYTES,
    certificateFiles: certificateFilesOf(parsed.SLUICE_GATEWAY_TLS_CERT_FILE, parsed.SLUICE_GATEWAY_TLS_KEY_FILE),
    overload: { queueFullStatus: parsed.SLUICE_QUEUE_FULL_STATUS, retryAfterS: parsed.SLUICE_RETRY_AFTER_S },
    limits: {
      maxHeadBytes: parsed.SLUICE_MAX_HEAD_BYTES,
      maxConnections: parsed.SLUICE_MAX_CONNECTIONS,
      headTimeoutMs: parsed.SLUICE_HEAD_TIMEOUT_S * 1000,
      stallTimeoutMs: parsed.SLUICE_STALL_TIMEOUT_S * 1000,
      keepAliveTimeoutMs: parsed.SLUICE_KEEP_ALIVE_TIMEOUT_S * 1000,
    },
  };
}

function certificateFilesOf(cert: string | undefined, key: string | undefined): GatewayConfig["certificateFiles"] {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    throw new ConfigError(
      "SLUICE_GATEWAY_TLS_CERT_FILE and SLUICE_GATEWAY_TLS_KEY_FILE go together: set both, or neither.",
    );
  }
  return { cert, key };
}
