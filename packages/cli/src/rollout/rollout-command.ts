import type { RolloutView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { invalid } from "../output/invalid.ts";

/** How long the controller may take to act; it does within a second. */
const actWithinMs = 5_000;
const pollMs = 150;

const actions = ["status", "pause", "resume", "abort"] as const;
type RolloutAction = (typeof actions)[number];

/** `sluice rollout <name> [status|pause|resume|abort]` */
export async function rollout(
  client: Client,
  name: string,
  action: string,
  json: boolean,
  say: (line: string) => void,
): Promise<void> {
  const known = actions.find((one): one is RolloutAction => one === action);
  if (known === undefined)
    throw invalid(`${action} is nothing to do with a rollout. Give one of: ${actions.join(", ")}.`);
  const asked = await client.applications[known === "status" ? "rollout" : known](name);
  const view = known === "status" ? asked : await waitUntilTaken(client, name, known, asked);
  if (json) return say(JSON.stringify(view ?? asked, null, 2));
  if (view === null) return say(`${name}  asked to ${known}; the controller has not acted on it yet`);
  for (const line of linesOf(name, view)) say(line);
}

/** The answer shows how it stood when it was asked for; what came of it follows when the controller acted. Null = it did not yet. */
async function waitUntilTaken(
  client: Client,
  name: string,
  action: Exclude<RolloutAction, "status">,
  asked: RolloutView,
): Promise<RolloutView | null> {
  const deadlineMs = performance.now() + actWithinMs;
  for (let view = asked; ; view = await client.applications.rollout(name)) {
    if (isTaken(action, view, asked)) return view;
    if (performance.now() > deadlineMs) return null;
    await new Promise<void>((resolve) => setTimeout(resolve, pollMs));
  }
}

function isTaken(action: Exclude<RolloutAction, "status">, view: RolloutView, asked: RolloutView): boolean {
  switch (action) {
    case "pause":
      return view.paused_at !== null || view.ended_at !== null;
    case "resume":
      return view.paused_at === null && view.phase !== "paused";
    case "abort":
      return view.ended_at !== null || view.to_revision !== asked.to_revision;
  }
}

function linesOf(name: string, view: RolloutView): string[] {
  const from = view.from_revision === null ? "" : `r${String(view.from_revision)} -> `;
  const state = view.paused_at === null ? view.phase : `paused since ${view.paused_at}`;
  const numbers = Object.entries(view.numbers).map(([key, value]) => `${key.replaceAll("_", " ")} ${String(value)}`);
  return [
    `${name}  ${from}r${String(view.to_revision)}  ${state}${view.message === "" ? "" : `  ${view.message}`}`,
    `  began ${view.started_at}, last step forward ${view.progress_at}${view.ended_at === null ? "" : `, ended ${view.ended_at}`}`,
    ...(view.deadline_at === null
      ? []
      : [
          `  given up at ${view.deadline_at} unless it moves: requests then stay with, or go back to, the revision before`,
        ]),
    ...(numbers.length === 0 ? [] : [`  ${numbers.join(", ")}`]),
  ];
}

/** `sluice scale <application> <deployment> <number|spec>` */
export async function scale(
  client: Client,
  application: string,
  deployment: string,
  wanted: string,
  say: (line: string) => void,
): Promise<void> {
  const answer = await client.applications.scale(application, deployment, readReplicas(wanted));
  const { manual_num_replicas: manual, spec_num_replicas: spec } = answer;
  const text =
    manual === null
      ? `${replicas(spec)}, as the spec says`
      : `${replicas(manual)}, set by hand (the spec says ${String(spec)})`;
  say(`${application}/${deployment}  ${text}`);
}

function replicas(count: number): string {
  return count === 1 ? "1 replica" : `${String(count)} replicas`;
}

/** Null = back to the spec's number. */
export function readReplicas(text: string): number | null {
  if (text === "spec") return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw invalid(`${text} is no number of replicas. Give a whole number, or \`spec\` for the number of the spec.`);
}

/** `sluice diff <name> <from> <to>` */
export async function diff(
  client: Client,
  name: string,
  revisions: { readonly from: number; readonly to: number },
  json: boolean,
  say: (line: string) => void,
): Promise<void> {
  const { from, to } = revisions;
  const answer = await client.applications.diff(name, from, to);
  if (json) return say(JSON.stringify(answer, null, 2));
  if (answer.changes.length === 0) return say(`${name}  r${String(from)} and r${String(to)} have the same spec`);
  for (const { pointer, before, after } of answer.changes) {
    say(pointer.replace(/^#\//, ""));
    if (before !== null) say(`  - ${JSON.stringify(before)}`);
    if (after !== null) say(`  + ${JSON.stringify(after)}`);
  }
}
