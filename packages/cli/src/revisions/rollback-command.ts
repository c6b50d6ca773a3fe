import type { RevisionView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { waitUntilRunning } from "../deploy/wait-until-running.ts";
import { invalid } from "../output/invalid.ts";
import { loadHistory } from "./load-history.ts";
import { canBeGoneBackTo, stateOfRevision } from "./revision-state.ts";
import type { RevisionFacts, RevisionHistory } from "./revision-state.ts";

export interface RollbackOptions {
  /** Revision number; undefined = the newest before the target that can run. */
  readonly to: number | undefined;
  /** Shown in the events. */
  readonly reason: string | undefined;
  readonly wait: boolean;
  readonly timeoutS: number;
}

/** `sluice rollback <name>`: points the application at an earlier revision and waits until that serves; answers the exit code. */
export async function rollback(
  client: Client,
  name: string,
  options: RollbackOptions,
  say: (line: string) => void,
): Promise<number> {
  const to = options.to ?? (await findEarlier(client, name));
  await client.applications.rollback(name, to, options.reason);
  say(`${name}  rolling back to revision ${String(to)}`);
  if (!options.wait) return 0;
  const { generation } = await client.applications.get(name);
  const verdict = await waitUntilRunning({ client, name, generation, timeoutMs: options.timeoutS * 1000, say });
  if (verdict.kind === "running") return 0;
  say(verdict.kind === "failed" ? `Roll back failed: ${verdict.message}` : verdict.message);
  return 1;
}

async function findEarlier(client: Client, name: string): Promise<number> {
  const [{ items }, history] = await Promise.all([
    client.applications.revisions(name, { limit: 100 }),
    loadHistory(client, name),
  ]);
  return pickEarlier(name, items, history, Date.now());
}

/** The newest revision before the target that served, or of which nothing says that it cannot. */
export function pickEarlier(
  name: string,
  revisions: readonly (RevisionFacts & Pick<RevisionView, "is_target">)[],
  history: RevisionHistory,
  nowMs: number,
): number {
  const target = revisions.find((revision) => revision.is_target)?.number ?? 0;
  const earlier = revisions
    .filter(({ number }) => number < target)
    .sort((a, b) => b.number - a.number)
    .map((revision) => ({ number: revision.number, state: stateOfRevision(revision, history, nowMs) }));
  const found = earlier.find(({ state }) => canBeGoneBackTo(state));
  if (found !== undefined) return found.number;
  const list = earlier.map(
    ({ number, state }) => `\n  r${String(number)} ${state.word}${state.reason === "" ? "" : `: ${state.reason}`}`,
  );
  throw invalid(
    `${name} has no revision before r${String(target)} that could run. Name one with --to; sluice revisions ${name} lists them.${list.join("")}`,
  );
}
