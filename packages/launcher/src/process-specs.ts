/** What each process of the system is started with. Pure: the environment contract of the processes in one place. */
import path from "node:path";
import { localUrl } from "../bin/settings.mjs";
import type { LaunchSettings } from "../bin/settings.mjs";
import { isLeading, isSystemUp, probe } from "./processes/health.ts";
import type { ProcessSpec } from "./processes/supervised-process.ts";

export interface SystemFacts {
  readonly root: string;
  /** With real ports: 0 has been replaced. */
  readonly settings: LaunchSettings;
  readonly databaseUrl: string;
  readonly secretFile: string;
  readonly nodeName: string;
  /** The launcher's own environment, passed on except for what a process must not know. */
  readonly env: NodeJS.ProcessEnv;
}

/** In the order of starting; stopping goes through `STOP_ORDER`. */
export interface SystemSpecs {
  readonly controller: ProcessSpec;
  readonly gateway: ProcessSpec;
  readonly agent: ProcessSpec;
  readonly web: ProcessSpec;
}

/** First nobody asks for more, then the data plane, then who decides. Postgres, on which all write, goes last. */
export const STOP_ORDER = ["web", "gateway", "agent", "controller"] as const satisfies readonly (keyof SystemSpecs)[];

export function planProcesses(facts: SystemFacts): SystemSpecs {
  const { root, settings, databaseUrl, secretFile } = facts;
  const controllerUrl = localUrl(settings.controller);
  const gatewayUrl = localUrl(settings.gateway);
  const webUrl = localUrl(settings.web);
  const bundle = (name: string): string => path.join(root, `dist/${name}.mjs`);
  const base = {
    ...withoutCredentials(facts.env),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    SLUICE_LOG_FORMAT: "json",
    SLUICE_CLUSTER_SECRET_FILE: secretFile,
  };
  const spec = (
    name: string,
    env: NodeJS.ProcessEnv,
    isHealthy: () => Promise<boolean>,
    stopTimeoutMs: number,
  ): ProcessSpec => ({
    name,
    command: process.execPath,
    args: ["--enable-source-maps", bundle(name)],
    cwd: root,
    env: { ...base, ...env },
    stopTimeoutMs,
    isHealthy,
  });
  const isUp = (url: string) => async (): Promise<boolean> => (await probe(url)) !== undefined;
  const admin = settings.adminToken === undefined ? {} : { SLUICE_ADMIN_TOKEN: settings.adminToken };
  return {
    controller: spec(
      "controller",
      {
        DATABASE_URL: databaseUrl,
        SLUICE_CONTROLLER_HOST: settings.controller.host,
        SLUICE_CONTROLLER_PORT: String(settings.controller.port),
      },
      async () => isLeading(await probe(`${controllerUrl}/healthz`)),
      10_000,
    ),
    gateway: spec(
      "gateway",
      {
        SLUICE_CONTROLLER_URL: controllerUrl,
        SLUICE_GATEWAY_HOST: settings.gateway.host,
        SLUICE_GATEWAY_PORT: String(settings.gateway.port),
        SLUICE_GATEWAY_NAME: "local",
        SLUICE_GATEWAY_STATE_DIR: path.join(settings.dataDir, "gateway"),
      },
      isUp(`${gatewayUrl}/-/healthz`),
      10_000,
    ),
    // An agent has no port: it is up when the dashboard sees its node, which is the last thing waited for.
    agent: spec(
      "agent",
      {
        SLUICE_CONTROLLER_URL: controllerUrl,
        SLUICE_AGENT_DIR: agentDir(settings),
        SLUICE_NODE_NAME: facts.nodeName,
        SLUICE_HOST_ENTRY: bundle("host"),
        SLUICE_STOP_REPLICAS_ON_EXIT: "1",
      },
      async () => true,
      // It drains its replicas first.
      30_000,
    ),
    web: spec(
      "web",
      {
        DATABASE_URL: databaseUrl,
        SLUICE_WEB_HOST: settings.web.host,
        SLUICE_WEB_PORT: String(settings.web.port),
        SLUICE_GATEWAY_URL: displayUrl(gatewayUrl),
        ...admin,
      },
      async () => isSystemUp(await probe(`${webUrl}/api/v1/healthz`)),
      10_000,
    ),
  };
}

/** Where the agent keeps its replicas. */
export const agentDir = (settings: LaunchSettings): string => path.join(settings.dataDir, "agent");

/** As people type it: loopback is `localhost`. */
export function displayUrl(url: string): string {
  return url.replace("://127.0.0.1:", "://localhost:");
}

/** Agents and gateways hold no database credentials and no admin token; who needs one gets it by name. */
function withoutCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = new Set(["DATABASE_URL", "SLUICE_ADMIN_TOKEN", "SLUICE_DATA_DIR"]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.has(name)));
}
