import type { RolloutView } from "@sluice/contracts";
import { ApiError, type Client } from "@sluice/sdk";
import type { RevisionHistory } from "./revision-state.ts";

const mostEvents = 500;

/** The newest rollout, and the events that tell which revisions ran and which did not. */
export async function loadHistory(client: Client, name: string): Promise<RevisionHistory> {
  const ofSeverity = async (severity: "info" | "error") =>
    (await client.events.list({ application: name, severity, limit: mostEvents })).items;
  const [rollout, failures, news] = await Promise.all([
    loadRollout(client, name),
    ofSeverity("error"),
    ofSeverity("info"),
  ]);
  return { rollout, events: [...failures, ...news] };
}

/** Null before the first. */
async function loadRollout(client: Client, name: string): Promise<RolloutView | null> {
  try {
    return await client.applications.rollout(name);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
