import type { ReplicaView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { formatTable } from "./output/table.ts";

export interface StatusOptions {
  /** Replicas that ended, too. */
  readonly all: boolean;
  readonly json: boolean;
}

/** `sluice status [name]`: all applications, or one with its traffic and replicas. */
export async function printStatus(
  client: Client,
  name: string | undefined,
  options: StatusOptions,
  say: (line: string) => void,
): Promise<void> {
  if (name !== undefined) return await printOne(client, name, options, say);
  const { items } = await client.applications.list();
  if (options.json) return say(JSON.stringify(items, null, 2));
  if (items.length === 0) return say("No applications yet. Deploy one: sluice deploy packages/examples/hello");
  const rows = items.map((app) => [
    app.name,
    app.status,
    app.route_prefix ?? "-",
    `r${String(app.target_revision)}`,
    `${String(app.ready_replicas)}/${String(app.wanted_replicas)}`,
    app.message,
  ]);
  for (const line of formatTable(["NAME", "STATUS", "ROUTE", "REVISION", "READY", "MESSAGE"], rows)) say(line);
}

async function printOne(
  client: Client,
  name: string,
  { all, json }: StatusOptions,
  say: (line: string) => void,
): Promise<void> {
  const [application, { items: replicas }] = await Promise.all([
    client.applications.get(name),
    client.replicas.list({ application: name, limit: 500 }),
  ]);
  if (json) return say(JSON.stringify({ application, replicas }, null, 2));
  say(`${application.name}  ${application.status}  ${application.message}`.trimEnd());
  const { effective, reason } = application.traffic;
  const weights = effective.map(({ variant, weight }) => `${variant} ${String(weight)} %`).join(", ");
  say(`traffic: ${weights || "none"}  (${reason})`);
  const shown = all ? replicas : replicas.filter((replica) => !hasEnded(replica));
  const nowMs = Date.now();
  const header = ["REPLICA", "DEPLOYMENT", "REVISION", "STAGE", "NODE", "PID", "MESSAGE"];
  const rows = shown.map((replica) => rowOf(replica, nowMs));
  for (const line of formatTable(header, rows)) say(line);
  for (const line of shown.flatMap(refusalLines)) say(line);
  const hidden = replicas.length - shown.length;
  if (hidden > 0) say(`(${String(hidden)} ended ${hidden === 1 ? "replica" : "replicas"} not shown: --all)`);
}

const hasEnded = ({ stage }: ReplicaView): boolean => stage === "stopped" || stage === "failed";

function rowOf(replica: ReplicaView, nowMs: number): string[] {
  const isWarm = replica.warm_until !== null && Date.parse(replica.warm_until) > nowMs && !hasEnded(replica);
  return [
    replica.id,
    replica.deployment,
    replica.revisions.map((revision) => `r${String(revision)}`).join(",") || "-",
    isWarm ? `${replica.stage}, kept warm` : replica.stage,
    replica.node_name ?? "-",
    replica.pid === null ? "-" : String(replica.pid),
    replica.message,
  ];
}

/** The message names the node that comes nearest; here is what the others say. */
function refusalLines({ id, refusals }: ReplicaView): string[] {
  return refusals.length < 2 ? [] : refusals.map(({ node_name, reason }) => `  ${id}: node ${node_name} ${reason}`);
}
