/** What the plan says, line by line. Pure: the server decides, this finds the words. */
import { deploymentOptionDocs } from "@sluice/contracts";
import type { BundleDescription, PlanView } from "@sluice/contracts";
import type { Tone } from "../../components/ui/state-mark.tsx";
import { formatPercent, plural, shortHash } from "../../format/numbers.ts";
import { valueOfOption } from "./draft.ts";
import { defaultFactsOf, defaultText } from "./field-default.ts";

type Change = PlanView["changes"][number];
type NodeLine = PlanView["nodes"][number];

export interface NodeWords {
  readonly node: NodeLine;
  readonly tone: Tone;
  readonly title: string;
}

/**
 * Nodes worth a line: those that take replicas and, while a replica finds no place, those that refused it. Where the replica's
 * own line names each node with its reason, they are not named twice.
 */
export function listNodeWords({ nodes, unplaced }: Pick<PlanView, "nodes" | "unplaced">): NodeWords[] {
  const isNamed = unplaced.some(({ per_node: perNode }) => perNode.length > 1);
  return nodes.flatMap((node): NodeWords[] => {
    if (node.takes > 0) return [{ node, tone: "ok", title: `${node.name} takes ${plural(node.takes, "replica")}` }];
    return unplaced.length > 0 && !isNamed ? [{ node, tone: "bad", title: `${node.name} refused` }] : [];
  });
}

/** One line for the nodes that have no line of their own, and why; null when there are none. */
export function restOfNodes({ nodes, unplaced }: Pick<PlanView, "nodes" | "unplaced">): string | null {
  const taking = nodes.filter((node) => node.takes > 0).length;
  const idle = nodes.length - taking;
  if (unplaced.length > 0 || idle === 0) return null;
  if (taking === 0) return "No new replica is needed, so nothing is placed.";
  return `${plural(idle, "other node")} ${idle === 1 ? "is" : "are"} not needed.`;
}

/** `r1 80 %, r2 20 %`. */
export function splitText(split: PlanView["ends_split"]): string {
  return [...split]
    .sort((left, right) => left.revision - right.revision)
    .map(({ revision, weight }) => `r${revision} ${formatPercent(weight)}`)
    .join(", ");
}

export interface ChangeWords {
  /** `num_replicas`, or `classifier.num_replicas` where several deployments could be meant. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** What each changed field was and will be; an emptied one by the value that holds then. */
export function changeWords(
  change: Change,
  deployments: readonly { readonly name: string }[],
  description: BundleDescription | null,
): ChangeWords {
  const path = change.pointer.replace(/^#?\//, "").split("/");
  const option = /^deployments\/\d+\//.test(`${path.join("/")}/`) ? path.slice(2).join(".") : "";
  const deployment = option === "" ? undefined : deployments[Number(path[1])]?.name;
  const unset = unsetText(option, deployment, description);
  return {
    field: option === "" ? path.join(".") : deployments.length > 1 ? `${deployment}.${option}` : option,
    before: change.before === null ? unset : valueText(change.before),
    after: change.after === null ? unset : valueText(change.after),
  };
}

function unsetText(option: string, deployment: string | undefined, description: BundleDescription | null): string {
  const declared = description?.deployments.find((one) => one.options.name === deployment);
  const inCode: unknown = declared === undefined ? undefined : valueOfOption(declared.options, option);
  if (inCode !== undefined && inCode !== null) return `${valueText(inCode)} (as in the code)`;
  const facts = defaultFactsOf(undefined, declared);
  // Before and after may have batches of different sizes.
  if (option === "max_ongoing_requests" && facts.isModel) return "default, twice max_batch_size";
  const doc = deploymentOptionDocs.find((one) => one.name === option);
  const text = doc === undefined ? "" : defaultText(doc, facts);
  // A default that is a phrase, such as "the application's bundle", is no value.
  return /^\S+$/.test(text) ? `default ${text}` : "not set";
}

function valueText(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/[0-9a-f]{64}/g, shortHash);
}

/** Of an update in steps the new replicas take the room of the old ones: that none is free now is how it goes, no trouble. */
export function isInSteps(deployment: string, { deployments }: Pick<PlanView, "deployments">): boolean {
  return deployments.some(({ name, way }) => name === deployment && way === "step");
}

/**
 * Warnings that the plan does not say elsewhere: the split that ends has its own line, and that no room is free is expected
 * where everything without room goes in steps.
 */
export function listWarnings(warnings: readonly string[], plan: PlanView | undefined): string[] {
  if (plan === undefined) return [...warnings];
  const isExpected = plan.unplaced.length > 0 && plan.unplaced.every(({ deployment }) => isInSteps(deployment, plan));
  const said = new Set(
    plan.coded_warnings
      .filter(({ code }) => (code === "no_room" && isExpected) || (code === "ends_split" && plan.ends_split.length > 0))
      .map(({ text }) => text),
  );
  return warnings.filter((warning) => !said.has(warning));
}
