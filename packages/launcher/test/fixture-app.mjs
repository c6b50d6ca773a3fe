/**
 * Stands for the bundle of one app: listens where its environment says, answers health checks with its own environment
 * contract, and ends on SIGTERM. Copied to dist/<name>.mjs of a fixture repository.
 */
import { renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const name = path.basename(process.argv[1], ".mjs");
const env = process.env;
const port = { web: env.SLUICE_WEB_PORT, controller: env.SLUICE_CONTROLLER_PORT, gateway: env.SLUICE_GATEWAY_PORT }[
  name
];
const health = {
  status: "ok",
  role: "leader",
  database: true,
  controller: { available: true, epoch: 1, address: null },
  nodes_ready: 1,
  gateways: 1,
  gateway_url: "http://localhost:8000",
  version: "0",
};

// Whole or not there: nobody asks the agent whether it is ready, so a test may look while this is being written.
const record = path.join(path.dirname(process.argv[1]), `${name}.env.json`);
writeFileSync(`${record}.part`, JSON.stringify(env));
renameSync(`${record}.part`, record);
process.on("SIGTERM", () => process.exit(0));
if (port === undefined) setInterval(() => undefined, 1_000);
else createServer((_request, response) => response.end(JSON.stringify(health))).listen(Number(port), "127.0.0.1");
