/** Reads flags and environment into launch settings. Pure, and free of packages: it runs before there are any. */
import path from "node:path";
import { LaunchError } from "./fail.mjs";

/**
 * @typedef {object} LaunchSettings
 * @property {string} dataDir
 * @property {string | undefined} databaseUrl an outside Postgres instead of the embedded one
 * @property {string | undefined} adminToken
 * @property {{ host: string, port: number }} web port 0 = any free one
 * @property {{ host: string, port: number }} controller
 * @property {{ host: string, port: number, tls?: true }} gateway
 */

export const HELP = `Usage: npm start -- [options]

Starts Sluice on this machine: Postgres, controller, gateway, one agent and the dashboard.

  --data-dir DIR          where data is kept                 SLUICE_DATA_DIR         (.sluice)
  --host HOST             address of dashboard and gateway   SLUICE_HOST             (127.0.0.1)
  --web-port PORT         dashboard and REST, 0 = any        SLUICE_WEB_PORT         (8265)
  --gateway-port PORT     inference, 0 = any                 SLUICE_GATEWAY_PORT     (8000)
  --controller-port PORT  internal, 0 = any                  SLUICE_CONTROLLER_PORT  (8266)
  --database-url URL      use this Postgres                  DATABASE_URL            (embedded)
  --help                  show this

SLUICE_ADMIN_TOKEN must be set when an address is not loopback. SLUICE_WEB_HOST, SLUICE_GATEWAY_HOST and
SLUICE_CONTROLLER_HOST set one address each.`;

/** Flag -> the environment variable it stands for. */
const FLAGS = new Map([
  ["--data-dir", "SLUICE_DATA_DIR"],
  ["--host", "SLUICE_HOST"],
  ["--web-port", "SLUICE_WEB_PORT"],
  ["--gateway-port", "SLUICE_GATEWAY_PORT"],
  ["--controller-port", "SLUICE_CONTROLLER_PORT"],
  ["--database-url", "DATABASE_URL"],
]);

/**
 * @param {readonly string[]} argv without node and script
 * @param {NodeJS.ProcessEnv} env
 * @param {string} root repository root
 * @returns {LaunchSettings | "help"}
 */
export function readSettings(argv, env, root) {
  if (argv.includes("--help") || argv.includes("-h")) return "help";
  const given = { ...env, ...readFlags(argv) };
  const host = orDefault(given.SLUICE_HOST, "127.0.0.1");
  const adminToken = orDefault(given.SLUICE_ADMIN_TOKEN, undefined);
  const listeners = {
    web: { host: orDefault(given.SLUICE_WEB_HOST, host), port: readPort(given, "SLUICE_WEB_PORT", 8265) },
    gateway: {
      host: orDefault(given.SLUICE_GATEWAY_HOST, host),
      port: readPort(given, "SLUICE_GATEWAY_PORT", 8000),
      .../** @type {{ tls?: true }} */ (given.SLUICE_GATEWAY_TLS_CERT_FILE ? { tls: true } : {}),
    },
    // Agents and gateways of this machine reach it on loopback; only an explicit address opens it.
    controller: {
      host: orDefault(given.SLUICE_CONTROLLER_HOST, "127.0.0.1"),
      port: readPort(given, "SLUICE_CONTROLLER_PORT", 8266),
    },
  };
  for (const [name, listener] of Object.entries(listeners)) {
    if (!isLoopback(listener.host) && adminToken === undefined) {
      throw new LaunchError(
        `${name} would listen on ${listener.host}, which other machines can reach: set SLUICE_ADMIN_TOKEN to a long random secret, or use 127.0.0.1.`,
      );
    }
  }
  refuseSharedPort(listeners);
  const databaseUrl = orDefault(given.DATABASE_URL, undefined);
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new LaunchError(
      "DATABASE_URL must begin with postgres:// or postgresql://; unset it to use the embedded Postgres.",
    );
  }
  return {
    dataDir: path.resolve(root, orDefault(given.SLUICE_DATA_DIR, ".sluice")),
    databaseUrl,
    adminToken,
    ...listeners,
  };
}

/** @param {string} host */
export function isLoopback(host) {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * An address a process on this machine can connect to.
 * @param {{ host: string, port: number, tls?: true }} listener
 */
export function localUrl({ host, port, tls }) {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${tls ? "https" : "http"}://${name.includes(":") && !name.startsWith("[") ? `[${name}]` : name}:${port}`;
}

/** @param {readonly string[]} argv */
function readFlags(argv) {
  /** @type {Record<string, string>} */
  const given = {};
  for (let i = 0; i < argv.length; i += 1) {
    const [flag = "", inline] = argv[i]?.split(/=(.*)/s) ?? [];
    const name = FLAGS.get(flag);
    if (name === undefined) throw new LaunchError(`unknown option ${argv[i]}: npm start -- --help lists them.`);
    const value = inline ?? argv[(i += 1)];
    if (value === undefined || value === "")
      throw new LaunchError(`${flag} needs a value: npm start -- --help shows them.`);
    given[name] = value;
  }
  return given;
}

/**
 * An empty variable counts as unset.
 * @template {string | undefined} T
 * @param {string | undefined} value
 * @param {T} fallback
 * @returns {string | T}
 */
function orDefault(value, fallback) {
  return value === undefined || value === "" ? fallback : value;
}

/**
 * @param {NodeJS.ProcessEnv} given
 * @param {string} name
 * @param {number} fallback
 */
function readPort(given, name, fallback) {
  const text = orDefault(given[name], String(fallback));
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new LaunchError(`${name} is ${text}: it must be a port from 0 to 65535.`);
  return port;
}

/** @param {Record<string, { host: string, port: number }>} listeners */
function refuseSharedPort(listeners) {
  /** @type {Map<number, string>} */
  const owners = new Map();
  for (const [name, { port }] of Object.entries(listeners)) {
    const owner = owners.get(port);
    if (port !== 0 && owner !== undefined)
      throw new LaunchError(`${owner} and ${name} both want port ${port}: give them different ones.`);
    owners.set(port, name);
  }
}
