import type { Client } from "@sluice/sdk";
import { formatTable } from "./output/table.ts";

/** `sluice status [name]`: all applications, or one with its deployments and replicas. */
export async function printStatus(
  client: Client,
  name: string | undefined,
  json: boolean,
  say: (line: string) => void,
): Promise<void> {
  if (name === undefined) {
    const { items } = await client.applications.list();
    if (json) return say(JSON.stringify(items, null, 2));
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
    return;
  }
  const [application, replicas] = await Promise.all([
    client.applications.get(name),
    client.replicas.list({ application: name }),
  ]);
  if (json) return say(JSON.stringify({ application, replicas: replicas.items }, null, 2));
  say(`${application.name}  ${application.status}  ${application.message}`);
  say(
    `traffic: ${application.traffic.effective.map((each) => `${each.variant} ${String(each.weight)} %`).join(", ") || "none"}  (${application.traffic.reason})`,
  );
  const rows = replicas.items.map((replica) => [
    replica.id,
    replica.deployment,
    replica.stage,
    replica.node_name ?? "-",
    replica.pid === null ? "-" : String(replica.pid),
    replica.message,
  ]);
  for (const line of formatTable(["REPLICA", "DEPLOYMENT", "STAGE", "NODE", "PID", "MESSAGE"], rows)) say(line);
}
