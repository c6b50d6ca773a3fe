import type { ApplicationSpecInput, PlanView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { findSpecs } from "./find-specs.ts";
import { uploadLocalFiles } from "./upload-local-files.ts";
import { waitUntilRunning } from "./wait-until-running.ts";

export interface DeployOptions {
  readonly dryRun: boolean;
  readonly wait: boolean;
  readonly timeoutS: number;
  readonly message: string | undefined;
}

/** `sluice deploy`: uploads, puts each application, and waits; answers the exit code (0 = everything asked for runs). */
export async function deploy(
  client: Client,
  target: string,
  options: DeployOptions,
  say: (line: string) => void,
): Promise<number> {
  const found = findSpecs(target);
  for (const warning of found.warnings) say(`warning: ${warning}`);
  let exitCode = 0;
  for (const raw of found.specs) {
    // The server is the one validator: what is sent may be wrong, and its answer names the fields.
    const spec = (await uploadLocalFiles(
      client,
      { ...found, isDryRun: options.dryRun },
      raw,
      say,
    )) as ApplicationSpecInput;
    const answer = await client.applications.put(spec, {
      dryRun: options.dryRun,
      ...(options.message === undefined ? {} : { message: options.message }),
    });
    for (const line of planLines(spec.name, answer.plan)) say(line);
    if (options.dryRun || !options.wait || answer.application === null) continue;
    if (answer.plan.outcome === "unchanged" && answer.application.status === "RUNNING") continue;
    const verdict = await waitUntilRunning({
      client,
      name: spec.name,
      generation: answer.application.generation,
      timeoutMs: options.timeoutS * 1000,
      say,
    });
    if (verdict.kind === "running") continue;
    say(verdict.kind === "failed" ? `Deploy failed: ${verdict.message}` : verdict.message);
    exitCode = 1;
  }
  return exitCode;
}

/** What the server will do, or has begun to do, in lines. */
export function planLines(name: string, plan: PlanView): string[] {
  if (plan.outcome === "unchanged")
    return [`${name}  unchanged: revision ${String(plan.revision)} already has this spec, nothing to do`];
  const lines = [
    `${name}  ${plan.outcome}: revision ${String(plan.revision)}${plan.stage === "describing" ? ", a node inspects the code" : ""}`,
  ];
  for (const deployment of plan.deployments) {
    lines.push(
      `  ${deployment.name}: ${deployment.action}, ${String(deployment.num_replicas)} x ${String(deployment.num_cpus)} CPU  (${deployment.reason})`,
    );
  }
  for (const node of plan.nodes) lines.push(`  node ${node.name}: takes ${String(node.takes)}  (${node.reason})`);
  for (const refused of plan.unplaced) {
    lines.push(`  ${refused.deployment} has no room: ${refused.reason}`);
    // The sentence is about the node that comes nearest; with more than one, each says why.
    if (refused.per_node.length < 2) continue;
    for (const { node_name, reason, advice } of refused.per_node)
      lines.push(`    node ${node_name} refuses: ${reason}${advice === null ? "" : `. ${advice}`}`);
  }
  for (const warning of plan.warnings) lines.push(`  warning: ${warning}`);
  return lines;
}
