/** The fields of the form, made from the one table of options in the contracts. */
import { applicationOptionDocs, deploymentOptionDocs } from "@sluice/contracts";
import type { DeploymentSpec, OptionDoc } from "@sluice/contracts";
import { autoscalingOption } from "./autoscaling-draft.ts";
import type { FieldKind } from "./read-field.ts";

export interface FormField extends OptionDoc {
  readonly kind: FieldKind;
  /** Stands behind the value in the field; "" = none. */
  readonly unit: string;
}

const jsonOptions = new Set([
  "user_config",
  "ray_actor_options.resources",
  "args",
  "runtime_env.env_vars",
  "process.command",
  "process.env",
  "process.strip_route_prefix",
  "autoscaling_config",
  "backpressure_config",
  "logging_config",
  "placement_group_bundles",
  "placement_group_bundle_label_selector",
  "placement_group_fallback_strategy",
  "ray_actor_options.label_selector",
  "ray_actor_options.fallback_strategy",
  "ray_actor_options.runtime_env",
]);
const textOptions = new Set([
  "process.working_dir",
  "process.health_path",
  "placement_group_strategy",
  "ray_actor_options.accelerator_type",
]);
/** Not typed here, or typed as the options inside. */
const notFields = new Set([
  "name",
  "runtime",
  "model",
  "ray_actor_options",
  "batching",
  "process",
  "max_concurrent_queries",
]);
/** Blocks that are typed as a whole, or not at all. */
const wholeBlock = /^(autoscaling_config|backpressure_config|logging_config)\.|^request_router_config/;

function kindOf(name: string): FieldKind {
  if (jsonOptions.has(name)) return "json";
  if (textOptions.has(name)) return "text";
  if (name === "execution_providers") return "list";
  return name === "ray_actor_options.memory" || name === "vram_bytes" ? "bytes" : "number";
}

function unitOf(name: string): string {
  if (name === "batching.max_batch_size") return "rows";
  return /_(s|ms)$/.exec(name)?.[1] ?? "";
}

const allFields: readonly FormField[] = deploymentOptionDocs
  .filter((doc) => !notFields.has(doc.name) && !wholeBlock.test(doc.name))
  .map((doc) => ({ ...doc, kind: kindOf(doc.name), unit: unitOf(doc.name) }));

/** Options that one runtime alone takes; an application of another would be refused with them. */
const runtimeOf = (name: string): Runtime | undefined =>
  /^(batching\.|execution_providers$)/.test(name) ? "onnx" : name.startsWith("process.") ? "process" : undefined;

type Runtime = NonNullable<DeploymentSpec["runtime"]>;

/** Every option that the form can set for a deployment of this runtime; code says its own when it is undefined. */
export function fieldsOf(runtime: Runtime | undefined): readonly FormField[] {
  return allFields.filter((field) => [undefined, runtime].includes(runtimeOf(field.name)));
}

function pick(names: readonly string[]): readonly FormField[] {
  return names.flatMap((name) => allFields.filter((field) => field.name === name));
}

export const replicaFields = pick(["num_replicas", "max_ongoing_requests"]);
export const resourceFields = pick([
  "ray_actor_options.num_cpus",
  "ray_actor_options.num_gpus",
  "ray_actor_options.memory",
]);
const shown = new Set([...replicaFields, ...resourceFields].map((field) => field.name));

/** The fields of a runtime's own, in a card of their own. */
export function runtimeFields(runtime: Runtime | undefined): readonly FormField[] {
  return runtime === undefined ? [] : allFields.filter((field) => runtimeOf(field.name) === runtime);
}

/** Folded; the fold says how many are at their defaults. */
export const advancedFields = allFields.filter(
  (field) => !shown.has(field.name) && field.name !== autoscalingOption && runtimeOf(field.name) === undefined,
);

export function applicationDoc(name: string): OptionDoc | undefined {
  return applicationOptionDocs.find((doc) => doc.name === name);
}

/** JSON pointer of an option inside a deployment. */
export function pointerOf(deployment: number, option: string): string {
  return `#/deployments/${deployment}/${option.replaceAll(".", "/")}`;
}
