import type { PlacementNodeFacts } from "./placement.ts";
import { nameAccelerator } from "./match-accelerator.ts";

/** One condition of a `label_selector`. */
export interface LabelRule {
  readonly label: string;
  readonly isNegated: boolean;
  readonly values: readonly string[];
}

/** Ray's operators: `a`, `!a`, `in(a,b)`, `!in(a,b)`. */
export function parseLabelSelector(selector: Readonly<Record<string, string>>): LabelRule[] {
  return Object.entries(selector).map(([label, text]) => {
    const isNegated = text.startsWith("!");
    const body = (isNegated ? text.slice(1) : text).trim();
    const list = /^in\((.*)\)$/.exec(body)?.[1];
    const values = list === undefined ? [body] : list.split(",").map((value) => value.trim());
    return { label, isNegated, values };
  });
}

/** The label of a node. Those that Ray gives to each node by itself follow from the node's facts, unless they are set. */
export function readLabel(node: PlacementNodeFacts, label: string): string | undefined {
  const set = node.labels[label];
  if (set !== undefined) return set;
  if (label === "ray.io/node-id") return node.nodeId;
  if (label === "ray.io/accelerator-type") return nameAccelerator(node.gpus[0]?.model ?? "");
  return undefined;
}

/** As in Ray, a label that the node lacks satisfies `!a` and `!in(...)`, and nothing else. */
export function matchesLabel(node: PlacementNodeFacts, rule: LabelRule): boolean {
  const value = readLabel(node, rule.label);
  return (value !== undefined && rule.values.includes(value)) !== rule.isNegated;
}

/** `zone=eu`, `zone in (eu, us)`, `zone not eu`, `zone not in (eu, us)` */
export function describeRule({ label, isNegated, values }: LabelRule): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return isNegated ? `${label} not ${only}` : `${label}=${only}`;
  return `${label} ${isNegated ? "not in" : "in"} (${values.join(", ")})`;
}
