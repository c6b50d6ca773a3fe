import type { Client } from "@sluice/sdk";
import { formatTable } from "../output/table.ts";

export interface TokenOptions {
  readonly ttlS: number;
  readonly name: string;
}

/** `sluice nodes token`: makes a join token and says what to run on the other machine. */
export async function makeToken(client: Client, options: TokenOptions, say: (line: string) => void): Promise<void> {
  const created = await client.nodes.joinTokens.create({ ttl_s: options.ttlS, name: options.name });
  const urls = created.join_urls.length === 0 ? "<address of the controller>" : created.join_urls.join(",");
  say(`token ${created.id}: lets one machine in, once, until ${created.expires_at}. It is shown only now.`);
  // Without a certificate the address is one of this machine, where npm start runs an agent already.
  const isHere = urls.startsWith("http://");
  const dir = isHere ? ` --dir .sluice/agent-${created.id.slice(-6)}` : "";
  say("Run in a clone of the repository on the machine that joins:");
  say(`  npx sluice agent --join ${urls} --token ${created.token}${dir}`);
  if (urls.startsWith("https://")) say("  (--ca <file> where a private authority signed the controller's certificate)");
  if (!isHere) say("  (on a machine that already has an agent, as npm start has: add --dir <a directory of its own>)");
  if (isHere)
    say(
      "  (that address is for this machine; for another one the controller needs SLUICE_CONTROLLER_TLS_CERT and _KEY)",
    );
}

/** `sluice nodes tokens` */
export async function listTokens(client: Client, json: boolean, say: (line: string) => void): Promise<void> {
  const { items } = await client.nodes.joinTokens.list();
  if (json) return say(JSON.stringify(items, null, 2));
  const rows = items.map((token) => [
    token.id,
    token.state,
    token.expires_at,
    token.created_by,
    token.node_id ?? "-",
    token.name,
  ]);
  for (const line of formatTable(["ID", "STATE", "EXPIRES", "BY", "NODE", "NAME"], rows)) say(line);
}

/** `sluice nodes revoke-token <id>` */
export async function revokeToken(client: Client, id: string, say: (line: string) => void): Promise<void> {
  await client.nodes.joinTokens.delete(id);
  say(`token ${id}  counts no more`);
}
