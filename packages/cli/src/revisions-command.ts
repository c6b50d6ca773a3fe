import type { RevisionView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { formatTable } from "./output/table.ts";

const newest = 50;

/** `sluice revisions <name>`: newest first, with what each one gets of the traffic. */
export async function printRevisions(
  client: Client,
  name: string,
  json: boolean,
  say: (line: string) => void,
): Promise<void> {
  const { items } = await client.applications.revisions(name, { limit: newest });
  if (json) return say(JSON.stringify(items, null, 2));
  const header = ["REVISION", "STATE", "TRAFFIC", "BY", "CREATED", "MESSAGE"];
  for (const line of formatTable(header, items.map(rowOf))) say(line);
}

function rowOf(revision: RevisionView): string[] {
  return [
    `r${String(revision.number)}${revision.is_target ? " (target)" : ""}`,
    revision.stage,
    revision.weight === 0 ? "-" : `${String(revision.weight)} %`,
    revision.created_by,
    revision.created_at,
    revision.message,
  ];
}
