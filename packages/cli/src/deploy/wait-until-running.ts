import type { ApplicationView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";

export interface WaitOptions {
  readonly client: Client;
  readonly name: string;
  readonly generation: number;
  readonly timeoutMs: number;
  readonly say: (line: string) => void;
}

export type WaitVerdict = { readonly kind: "running" | "failed" | "timeout"; readonly message: string };

const pollMs = 250;

/** Follows an application until the generation runs, fails, or time is up; says each new state once. */
export async function waitUntilRunning(options: WaitOptions): Promise<WaitVerdict> {
  const deadlineMs = performance.now() + options.timeoutMs;
  let said = "";
  for (;;) {
    const view = await options.client.applications.get(options.name);
    const line = progressLine(view);
    if (line !== said) options.say(line);
    said = line;
    if (view.observed_generation >= options.generation) {
      if (view.status === "RUNNING") return { kind: "running", message: line };
      if (view.status === "DEPLOY_FAILED") return { kind: "failed", message: view.message };
    }
    if (performance.now() > deadlineMs) {
      return {
        kind: "timeout",
        message: `${options.name} is still ${view.status} after ${String(options.timeoutMs / 1000)} s: ${view.message}`,
      };
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pollMs));
  }
}

function progressLine(view: ApplicationView): string {
  const replicas = `${String(view.ready_replicas)} of ${String(view.wanted_replicas)} replicas ready`;
  return `${view.name}  ${view.status}  ${replicas}${view.message === "" ? "" : `  ${view.message}`}`;
}
