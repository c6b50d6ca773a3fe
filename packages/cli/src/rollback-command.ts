import { SluiceError } from "@sluice/contracts";
import type { RevisionView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { waitUntilRunning } from "./deploy/wait-until-running.ts";

export interface RollbackOptions {
  /** Revision number; undefined = the one before the target. */
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
  const to = options.to ?? pickEarlier(name, (await client.applications.revisions(name, { limit: 100 })).items);
  await client.applications.rollback(name, to, options.reason);
  say(`${name}  rolling back to revision ${String(to)}`);
  if (!options.wait) return 0;
  const { generation } = await client.applications.get(name);
  const verdict = await waitUntilRunning({ client, name, generation, timeoutMs: options.timeoutS * 1000, say });
  if (verdict.kind === "running") return 0;
  say(verdict.kind === "failed" ? `Roll back failed: ${verdict.message}` : verdict.message);
  return 1;
}

/** The newest revision before the target that can run. */
export function pickEarlier(
  name: string,
  revisions: readonly Pick<RevisionView, "number" | "stage" | "is_target">[],
): number {
  const target = revisions.find((revision) => revision.is_target)?.number ?? 0;
  const earlier = revisions
    .filter((revision) => revision.number < target && revision.stage === "described")
    .map((revision) => revision.number);
  if (earlier.length > 0) return Math.max(...earlier);
  throw new SluiceError({
    code: "request/invalid",
    publicMessage: `${name} has no revision before r${String(target)} that could run. Name one with --to; sluice revisions ${name} lists them.`,
  });
}
