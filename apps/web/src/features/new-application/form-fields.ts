/** The fields of the form, made from the one table of options in the contracts. */
import { applicationOptionDocs, deploymentOptionDocs } from "@sluice/contracts";
import type { OptionDoc } from "@sluice/contracts";
import type { FieldKind } from "./read-field.ts";

export interface FormField extends OptionDoc {
  readonly kind: FieldKind;
}

const jsonOptions = new Set(["user_config", "ray_actor_options.resources", "args", "runtime_env.env_vars"]);
const notFields = new Set(["name", "runtime", "model", "ray_actor_options"]);

function kindOf(name: string): FieldKind {
  if (jsonOptions.has(name)) return "json";
  return name === "ray_actor_options.memory" ? "bytes" : "number";
}

/** Every option of a deployment that the form can set. */
export const deploymentFields: readonly FormField[] = deploymentOptionDocs
  .filter((doc) => !notFields.has(doc.name))
  .map((doc) => ({ ...doc, kind: kindOf(doc.name) }));

function pick(names: readonly string[]): readonly FormField[] {
  return names.flatMap((name) => deploymentFields.filter((field) => field.name === name));
}

export const replicaFields = pick(["num_replicas", "max_ongoing_requests"]);
export const resourceFields = pick([
  "ray_actor_options.num_cpus",
  "ray_actor_options.num_gpus",
  "ray_actor_options.memory",
]);
const shown = new Set([...replicaFields, ...resourceFields].map((field) => field.name));
/** Folded; the fold says how many are at their defaults. */
export const advancedFields = deploymentFields.filter((field) => !shown.has(field.name));

export function applicationDoc(name: string): OptionDoc | undefined {
  return applicationOptionDocs.find((doc) => doc.name === name);
}

/** JSON pointer of an option inside a deployment. */
export function pointerOf(deployment: number, option: string): string {
  return `#/deployments/${deployment}/${option.replaceAll(".", "/")}`;
}
