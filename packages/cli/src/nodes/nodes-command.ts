import type { NodeView } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { formatTable } from "../output/table.ts";
import { invalid } from "../output/invalid.ts";

/** `sluice nodes list` */
export async function listNodes(client: Client, json: boolean, say: (line: string) => void): Promise<void> {
  const { items } = await client.nodes.list();
  if (json) return say(JSON.stringify(items, null, 2));
  if (items.length === 0)
    return say("No nodes yet. npm start begins one here; another machine joins with a token: sluice nodes token");
  const header = ["NAME", "STATE", "CPUS", "GPUS", "REPLICAS", "LABELS", "ID", "REASON"];
  for (const line of formatTable(header, items.map(rowOf))) say(line);
}

/** `sluice nodes show <node>` */
export async function showNode(
  client: Client,
  node: string,
  json: boolean,
  say: (line: string) => void,
): Promise<void> {
  const view = await client.nodes.get(node);
  if (json) return say(JSON.stringify(view, null, 2));
  const { cpus, cpus_reserved, memory_bytes, memory_reserved_bytes, resources } = view;
  say(`${view.name}  ${view.state} since ${view.state_since}${view.reason === "" ? "" : `  ${view.reason}`}`);
  say(
    `  id ${view.id}, ${view.hostname}, ${view.platform}, agent ${view.agent_version}, data address ${view.data_address}`,
  );
  say(
    `  cpus ${count(cpus_reserved)} of ${count(cpus)} reserved, memory ${gib(memory_reserved_bytes)} of ${gib(memory_bytes)} GiB`,
  );
  for (const [name, { reserved, total }] of Object.entries(resources))
    say(`  ${name} ${count(reserved)} of ${count(total)} reserved`);
  for (const gpu of view.gpus) {
    const holders = gpu.held_by.map(
      ({ application, deployment, share }) => `${application}/${deployment} ${count(share)}`,
    );
    say(`  gpu ${gpu.uuid} ${gpu.name}: ${holders.join(", ") || "free"}`);
  }
  say(`  labels ${labelsText(view)}`);
  if (view.drain !== null)
    say(`  draining since ${view.drain.since}: ${count(view.drain.replicas_left)} replicas left`);
}

export type NodeAction = "cordon" | "uncordon" | "drain";

const doing: Readonly<Record<NodeAction, string>> = {
  cordon: "takes no new replicas",
  uncordon: "takes new replicas again",
  drain: "is being drained",
};

export interface DrainOptions {
  readonly wait: boolean;
  readonly timeoutS: number;
}

const pollMs = 500;

/** `sluice nodes cordon|uncordon|drain <node>`; a drain is waited for. Answers the exit code. */
export async function actOnNode(
  client: Client,
  action: NodeAction,
  node: string,
  { wait, timeoutS }: DrainOptions,
  say: (line: string) => void,
): Promise<number> {
  const view = await client.nodes[action](node);
  say(`${view.name}  ${doing[action]}`);
  if (action !== "drain" || !wait) return 0;
  const deadlineMs = performance.now() + timeoutS * 1000;
  let said = -1;
  for (;;) {
    const { drain, replicas } = await client.nodes.get(view.id);
    if (drain === null) {
      say(`${view.name}  is no longer being drained: somebody uncordoned or removed it`);
      return 1;
    }
    if (replicas !== said) say(`${view.name}  ${count(replicas)} ${replicas === 1 ? "replica" : "replicas"} left`);
    said = replicas;
    if (replicas === 0) return 0;
    if (performance.now() > deadlineMs) {
      say(`${view.name} is not empty after ${count(timeoutS)} s; it goes on. See: sluice nodes show ${view.name}`);
      return 1;
    }
    await new Promise<void>((resolve) => setTimeout(resolve, pollMs));
  }
}

/** `sluice nodes remove <node>` */
export async function removeNode(
  client: Client,
  node: string,
  force: boolean,
  say: (line: string) => void,
): Promise<void> {
  const view = await client.nodes.remove(node, { force });
  say(`${view.name}  removed; its agent is refused from now on (id ${view.id})`);
}

/** `sluice nodes label <node> zone=a spot-` */
export async function labelNode(
  client: Client,
  node: string,
  texts: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const view = await client.nodes.label(node, readLabels(texts));
  say(`${view.name}  ${labelsText(view)}`);
}

/** `zone=a` sets, `zone-` takes away. What a label may be is for the server to say. */
export function readLabels(texts: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    texts.map((text): [string, string | null] => {
      const match = /^([^=]+)(?:=(.*)|-)$/.exec(text);
      if (match?.[1] === undefined) throw invalid(`${text} is no label. Give label=value, or label- to take one away.`);
      return [match[1], match[2] ?? null];
    }),
  );
}

function rowOf(node: NodeView): string[] {
  const usedGpus = node.gpus.length === 0 ? "-" : `${count(node.gpus_reserved)}/${count(node.gpus.length)}`;
  return [
    node.name,
    node.state,
    `${count(node.cpus_reserved)}/${count(node.cpus)}`,
    usedGpus,
    count(node.replicas),
    labelsText(node),
    node.id,
    node.reason,
  ];
}

function labelsText({ labels }: NodeView): string {
  return (
    Object.entries(labels)
      .map(([label, value]) => `${label}=${value}`)
      .join(",") || "-"
  );
}

const count = (value: number): string => String(Math.round(value * 10_000) / 10_000);
const gib = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1);
