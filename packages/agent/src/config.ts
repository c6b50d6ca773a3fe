import { resolve } from "node:path";
import { commaList, commonEnvironment, flag, parseEnvironment } from "@sluice/observability";
import type { LogFormat, LogLevel } from "@sluice/observability";
import { z } from "zod";
import { readJoinConfig } from "./join/join-config.ts";
import type { JoinConfig } from "./join/join-config.ts";
import { readDeclaredNode, readFlags } from "./node/declared-node.ts";
import type { SweepLimits } from "./sweep/plan-sweep.ts";
import type { DeclaredNode } from "./node/declared-node.ts";

const environment = {
  ...commonEnvironment,
  /** Several controllers with commas between them. */
  SLUICE_CONTROLLER_URL: commaList
    .refine(
      (urls) => urls.length > 0 && urls.every((url) => /^https?:\/\//.test(url)),
      "An http:// or https:// address.",
    )
    .default(["http://127.0.0.1:8266"]),
  SLUICE_CLUSTER_SECRET_FILE: z.string().min(1, "Path of the file with the cluster secret.").optional(),
  /** Of a node that joins from another machine: addresses of controllers, and its one-time token. */
  SLUICE_JOIN_URL: z.string().optional(),
  SLUICE_JOIN_TOKEN: z.string().min(1).optional(),
  SLUICE_AGENT_DIR: z.string().min(1).default(".sluice/agent"),
  /** What of the agent's own GPUs it may use at all. */
  CUDA_VISIBLE_DEVICES: z.string().optional(),
  SLUICE_HOST_ENTRY: z.string().min(1).optional(),
  SLUICE_DESCRIBE_ENTRY: z.string().min(1).optional(),
  SLUICE_STOP_REPLICAS_ON_EXIT: flag.default(false),
  SLUICE_AGENT_METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SLUICE_REPLICA_START_TIMEOUT_S: z.coerce.number().positive().default(600),
  /** Host processes kept waiting for the next replica. Only where /proc names processes: elsewhere their command line has to. */
  SLUICE_WARM_HOSTS: z.coerce
    .number()
    .int()
    .min(0)
    .max(16)
    .default(process.platform === "linux" ? 1 : 0),
  /** Bundles that no replica here uses stay so long, as long as all together fit. */
  SLUICE_BUNDLE_KEEP_H: z.coerce.number().positive().default(24),
  SLUICE_BUNDLE_CACHE_MIB: z.coerce
    .number()
    .positive()
    .default(20 * 1024),
  /** The same for the logs of replicas that are gone. */
  SLUICE_LOG_KEEP_DAYS: z.coerce.number().positive().default(7),
  SLUICE_LOG_KEEP_MIB: z.coerce.number().positive().default(1_024),
  SLUICE_SWEEP_INTERVAL_S: z.coerce.number().positive().max(86_400).default(600),
  SLUICE_DESCRIBE_TIMEOUT_S: z.coerce.number().positive().default(26),
};

/**
 * Variables of the agent that replicas inherit. Everything else stays behind: the agent's environment may hold
 * credentials, and user code must not find them.
 */
const inheritedNames =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|SLUICE_ORPHAN_TIMEOUT_S)$/;

const hourMs = 3_600_000;
const mib = 1024 ** 2;

export interface AgentConfig {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly allowedHosts: readonly string[];
  /** Without slashes at their ends; at least one. */
  readonly controllerUrls: readonly string[];
  /** Null: it joins, or has joined. */
  readonly clusterSecretFile: string | null;
  readonly join: JoinConfig | null;
  /** Absolute. */
  readonly agentDir: string;
  /** What flags and variables say about the node. */
  readonly declared: DeclaredNode;
  readonly visibleGpus: string | undefined;
  readonly hostEntry: string | null;
  readonly describeEntry: string | null;
  readonly stopReplicasOnExit: boolean;
  /** 0 = off. */
  readonly metricsPort: number;
  readonly startTimeoutMs: number;
  readonly warmHosts: number;
  readonly describeTimeoutMs: number;
  readonly bundleLimits: SweepLimits;
  readonly logLimits: SweepLimits;
  readonly sweepIntervalMs: number;
  readonly inheritedEnv: Readonly<Record<string, string>>;
}

/** Settings from the environment; flags (`readFlags`) win over their variables. */
export function readConfig(
  env: NodeJS.ProcessEnv = process.env,
  args: readonly string[] = process.argv.slice(2),
): AgentConfig {
  const flags = readFlags(args);
  const given = parseEnvironment(environment, { ...env, ...flags });
  return {
    logLevel: given.SLUICE_LOG_LEVEL,
    logFormat: given.SLUICE_LOG_FORMAT,
    allowedHosts: given.SLUICE_ALLOWED_HOSTS,
    controllerUrls: given.SLUICE_CONTROLLER_URL.map((url) => url.replace(/\/+$/, "")),
    clusterSecretFile:
      given.SLUICE_CLUSTER_SECRET_FILE === undefined ? null : resolve(given.SLUICE_CLUSTER_SECRET_FILE),
    join: readJoinConfig(given.SLUICE_JOIN_URL, given.SLUICE_JOIN_TOKEN),
    agentDir: resolve(given.SLUICE_AGENT_DIR),
    declared: readDeclaredNode(env, flags),
    visibleGpus: given.CUDA_VISIBLE_DEVICES,
    hostEntry: given.SLUICE_HOST_ENTRY === undefined ? null : resolve(given.SLUICE_HOST_ENTRY),
    describeEntry: given.SLUICE_DESCRIBE_ENTRY === undefined ? null : resolve(given.SLUICE_DESCRIBE_ENTRY),
    stopReplicasOnExit: given.SLUICE_STOP_REPLICAS_ON_EXIT,
    metricsPort: given.SLUICE_AGENT_METRICS_PORT,
    startTimeoutMs: given.SLUICE_REPLICA_START_TIMEOUT_S * 1000,
    warmHosts: given.SLUICE_WARM_HOSTS,
    describeTimeoutMs: given.SLUICE_DESCRIBE_TIMEOUT_S * 1000,
    bundleLimits: {
      maxAgeMs: given.SLUICE_BUNDLE_KEEP_H * hourMs,
      maxBytes: given.SLUICE_BUNDLE_CACHE_MIB * mib,
      minAgeMs: Math.min(600_000, given.SLUICE_BUNDLE_KEEP_H * hourMs),
    },
    logLimits: {
      maxAgeMs: given.SLUICE_LOG_KEEP_DAYS * 24 * hourMs,
      maxBytes: given.SLUICE_LOG_KEEP_MIB * mib,
      minAgeMs: 0,
    },
    sweepIntervalMs: given.SLUICE_SWEEP_INTERVAL_S * 1_000,
    inheritedEnv: Object.fromEntries(
      Object.entries(env).filter(
        (entry): entry is [string, string] => entry[1] !== undefined && inheritedNames.test(entry[0]),
      ),
    ),
  };
}
