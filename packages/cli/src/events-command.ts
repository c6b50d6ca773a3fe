import type { EventView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { formatTable } from "./output/table.ts";

export interface EventsOptions {
  readonly limit: number;
  readonly json: boolean;
}

/** `sluice events [name]`: the newest ones, oldest of them first, as logs are read. */
export async function printEvents(
  client: Client,
  name: string | undefined,
  { limit, json }: EventsOptions,
  say: (line: string) => void,
): Promise<void> {
  const { items } = await client.events.list({ limit, ...(name === undefined ? {} : { application: name }) });
  if (json) return say(JSON.stringify(items, null, 2));
  if (items.length === 0) return say("Nothing has happened yet.");
  for (const line of formatTable(["AT", "SEVERITY", "REASON", "OF", "MESSAGE"], items.toReversed().map(rowOf)))
    say(line);
}

function rowOf({ at, severity, reason, application, deployment, message }: EventView): string[] {
  const of = [application, deployment].filter((part) => part !== null).join("/");
  return [at, severity, reason, of === "" ? "-" : of, message];
}
