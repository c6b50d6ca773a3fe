/** Labels of a node with where each comes from. Pure. */
import type { NodeView } from "@sluice/contracts";

export interface LabelRow {
  readonly name: string;
  /** In force; null = taken away. */
  readonly value: string | null;
  /** What the agent itself says; null = nothing. */
  readonly reported: string | null;
  /** agent = as it reports it, set = by people, changed = reported otherwise, taken = reported but taken away. */
  readonly origin: "agent" | "set" | "changed" | "taken";
  /** Sluice gives it itself; nobody has a reason to change it. */
  readonly isOwn: boolean;
}

const ownPrefix = "ray.io/";

export function listLabels({
  labels,
  reported_labels: reported,
  label_overrides: overrides,
}: Pick<NodeView, "labels" | "reported_labels" | "label_overrides">): LabelRow[] {
  const all = [...new Set([...Object.keys(labels), ...Object.keys(overrides)])].sort();
  const isOwn = (name: string): boolean => name.startsWith(ownPrefix);
  // Last: it is the same on every node but for the value.
  const names = [...all.filter((name) => !isOwn(name)), ...all.filter(isOwn)];
  return names.map((name) => {
    const value = labels[name] ?? null;
    const own = reported[name] ?? null;
    return { name, value, reported: own, origin: originOf(name in overrides, value, own), isOwn: isOwn(name) };
  });
}

function originOf(isOverridden: boolean, value: string | null, reported: string | null): LabelRow["origin"] {
  if (!isOverridden) return "agent";
  if (value === null) return "taken";
  return reported === null ? "set" : "changed";
}

/** What is wrong with a new label, as the server will see it; undefined = nothing. */
export function labelProblem(name: string, value: string): string | undefined {
  if (name === "") return "A label needs a name, for example zone.";
  if (!/^[A-Za-z0-9]([A-Za-z0-9_./-]*[A-Za-z0-9])?$/.test(name))
    return "In the name: letters, digits, - _ . and /; it starts and ends with a letter or digit.";
  if (!/^([A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?)?$/.test(value))
    return "In the value: letters, digits, - _ and .; it starts and ends with a letter or digit.";
  return undefined;
}
