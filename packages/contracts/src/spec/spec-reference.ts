/** The page "Every field of an application spec", printed from the schemas and from what the form shows beside each field. */
import { RayActorOptions } from "./actor-options.ts";
import { ApplicationSpec } from "./application-spec.ts";
import { AutoscalingConfig } from "./autoscaling-config.ts";
import { BackpressureConfig } from "./backpressure-config.ts";
import { DeploymentSpec } from "./deployment-options.ts";
import { LoggingConfig } from "./logging-config.ts";
import { BatchingSpec } from "./onnx-spec.ts";
import { applicationOptionDocs, deploymentOptionDocs, type OptionDoc, type UpdateClass } from "./option-docs.ts";
import { printTable } from "./print-table.ts";
import { ProcessSpec } from "./process-spec.ts";
import { RequestRouterConfig } from "./request-router-config.ts";
import { RuntimeEnv } from "./runtime-env.ts";
import {
  unsupportedInActorOptions,
  unsupportedInApplication,
  unsupportedInConfigFile,
  unsupportedInDeployment,
  unsupportedInProcess,
  unsupportedInRuntimeEnv,
} from "./unsupported-options.ts";

interface Block {
  readonly shape: Readonly<Record<string, { safeParse(value: unknown): { readonly success: boolean } }>>;
}

const applicationBlocks: Readonly<Record<string, Block>> = { "": ApplicationSpec, runtime_env: RuntimeEnv };
export const deploymentBlocks: Readonly<Record<string, Block>> = {
  "": DeploymentSpec,
  process: ProcessSpec,
  batching: BatchingSpec,
  ray_actor_options: RayActorOptions,
  autoscaling_config: AutoscalingConfig,
  backpressure_config: BackpressureConfig,
  logging_config: LoggingConfig,
  request_router_config: RequestRouterConfig,
};

const changes: Readonly<Record<UpdateClass, string>> = {
  restart: "new replicas",
  reconfigure: "in place",
  controller: "no replica notices",
};

const refusals = [
  ["beside `applications` in a config file", unsupportedInConfigFile],
  ["in an application", unsupportedInApplication],
  ["in `runtime_env`", unsupportedInRuntimeEnv],
  ["in a deployment", unsupportedInDeployment],
  ["in `ray_actor_options`", unsupportedInActorOptions],
  ["in `process`", unsupportedInProcess],
] as const;

/** As Markdown, formatted as prettier does. */
export function printSpecReference(): string {
  return `${[
    "# Every field of an application spec",
    "What `PUT /api/v1/applications/{name}` takes as JSON or YAML, and `sluice deploy` as a file: one entry of `applications` in a config\nfile of Ray Serve, under Ray's names, and what Sluice adds. What a change of a field does: **new replicas** take over from the old\nones; **in place**, running replicas take it over; **no replica notices**, controller and gateways follow it.",
    "What is not in these tables is refused with the path of the field, never ignored.",
    "## An application",
    ...printOptions(applicationOptionDocs, applicationBlocks),
    "## A deployment",
    "An entry of `deployments`: what stands there wins over what the code says.",
    ...printOptions(deploymentOptionDocs, deploymentBlocks),
    "## Names that are refused, and what to write instead",
    ...refusals.flatMap(([where, names]) => [
      `### ${where[0]?.toUpperCase() ?? ""}${where.slice(1)}`,
      printRefusals(names),
    ]),
  ].join("\n\n")}\n`;
}

function printOptions(docs: readonly OptionDoc[], blocks: Readonly<Record<string, Block>>): string[] {
  const rows = docs.map((doc) => [
    `\`${doc.name}\``,
    doc.meaning,
    isRequired(doc.name, blocks) ? "(required)" : doc.default,
    doc.range,
    doc.name === "name" ? "names another one" : changes[doc.updateClass],
    `\`${doc.example}\``,
  ]);
  return [printTable(["field", "what", "default", "range", "a change", "example"], rows)];
}

/** The schema is asked, which cannot be out of date. */
function isRequired(name: string, blocks: Readonly<Record<string, Block>>): boolean {
  const [block, key] = name.includes(".") ? (name.split(".") as [string, string]) : ["", name];
  const field = blocks[block]?.shape[key];
  if (field === undefined) throw new Error(`No schema has the field ${name}.`);
  return !field.safeParse(undefined).success;
}

/** Names with the same sentence stand together. */
function printRefusals(names: Readonly<Record<string, string>>): string {
  const bySentence = new Map<string, string[]>();
  for (const [name, sentence] of Object.entries(names))
    bySentence.set(sentence, [...(bySentence.get(sentence) ?? []), `\`${name}\``]);
  const rows = [...bySentence].map(([sentence, quoted]) => [quoted.join(", "), sentence]);
  return printTable(["name", "instead"], rows);
}
