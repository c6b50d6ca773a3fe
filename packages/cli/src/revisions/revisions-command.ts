import type { RevisionView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { formatTable } from "../output/table.ts";
import { loadHistory } from "./load-history.ts";
import { stateOfRevision } from "./revision-state.ts";
import type { RevisionState } from "./revision-state.ts";

const newest = 50;

/** `sluice revisions <name>`: newest first, with what became of each, and why where it did not start. */
export async function printRevisions(
  client: Client,
  name: string,
  json: boolean,
  say: (line: string) => void,
): Promise<void> {
  const { items } = await client.applications.revisions(name, { limit: newest });
  if (json) return say(JSON.stringify(items, null, 2));
  const history = await loadHistory(client, name);
  const nowMs = Date.now();
  const states = items.map((revision) => ({ revision, state: stateOfRevision(revision, history, nowMs) }));
  const header = ["REVISION", "STATE", "TRAFFIC", "BY", "CREATED", "MESSAGE"];
  for (const line of formatTable(header, states.map(rowOf))) say(line);
  for (const { revision, state } of states)
    if (state.reason !== "") say(`r${String(revision.number)} ${state.word}: ${state.reason}`);
}

function rowOf({ revision, state }: { readonly revision: RevisionView; readonly state: RevisionState }): string[] {
  return [
    `r${String(revision.number)}${revision.is_target ? " (target)" : ""}`,
    state.word,
    revision.weight === 0 ? "-" : `${String(revision.weight)} %`,
    revision.created_by,
    revision.created_at,
    revision.message,
  ];
}
