/** What the form holds, and the spec it stands for. Pure: every keystroke is a new draft, every draft has one spec. */
import type {
  ApplicationSpec,
  ApplicationSpecInput,
  BundleDescription,
  DeploymentSpec,
  FieldIssue,
} from "@sluice/contracts";
import type { Suggestion } from "../deployment/deployment-path.ts";
import { autoscalingOption, scalingFields } from "./autoscaling-draft.ts";
import { fieldsOf, pointerOf } from "./form-fields.ts";
import { filesAre } from "./program-draft.ts";
import { printField, readField } from "./read-field.ts";

export interface DeploymentDraft {
  readonly name: string;
  readonly runtime?: NonNullable<DeploymentSpec["runtime"]>;
  readonly model?: string;
  /** Text per option name; absent or empty = unset. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The bundle the form is about. */
export interface DraftSource {
  readonly sha256: string;
  readonly name: string;
  readonly kind: "onnx" | "zip";
  readonly sizeBytes: number | null;
  readonly description: BundleDescription | null;
  readonly describeError: string | null;
}

export interface Draft {
  readonly source: DraftSource;
  readonly name: string;
  /** null = not reachable over HTTP. */
  readonly route: string | null;
  readonly importPath: string;
  readonly envVars: string;
  readonly args: string;
  readonly deployments: readonly DeploymentDraft[];
  readonly message: string;
}

/** The spec of a draft, with unset fields left out, and the fields whose text cannot be read. */
export function specOfDraft(draft: Draft): {
  readonly spec: ApplicationSpecInput;
  readonly issues: readonly FieldIssue[];
} {
  const issues: FieldIssue[] = [];
  const env = readField(draft.envVars, "json");
  const args = readField(draft.args, "json");
  if (env.state === "problem") issues.push({ pointer: "#/runtime_env/env_vars", detail: env.problem });
  if (args.state === "problem") issues.push({ pointer: "#/args", detail: args.problem });
  const runtimeEnv = {
    ...(draft.source.kind === "zip" ? { working_dir: `bundle:${draft.source.sha256}` } : {}),
    ...(env.state === "value" ? { env_vars: env.value } : {}),
  };
  const spec = {
    name: draft.name.trim(),
    route_prefix: draft.route === null ? null : draft.route.trim(),
    ...(draft.importPath.trim() === "" ? {} : { import_path: draft.importPath.trim() }),
    ...(Object.keys(runtimeEnv).length === 0 ? {} : { runtime_env: runtimeEnv }),
    ...(args.state === "value" ? { args: args.value } : {}),
    deployments: draft.deployments.map((deployment, index) => deploymentSpec(deployment, index, issues)),
  };
  // Text that could not be read stays in the spec as typed; `issues` says so, and the server would refuse it.
  return { spec: spec as ApplicationSpecInput, issues };
}

/** JSON pointers of all fields that the form shows for a draft, those of a deployment in their order. */
export function fieldPointers({ source, deployments }: Draft): readonly string[] {
  const isProgram = filesAre({ deployments }) === "program";
  const ofFiles = ["#/runtime_env/env_vars", ...(isProgram ? [] : ["#/import_path", "#/args"])];
  return [
    "#/name",
    "#/route_prefix",
    ...(source.kind === "zip" ? ofFiles : []),
    ...deployments.flatMap(({ runtime }, index) => [
      ...scalingFields.map((field) => pointerOf(index, `${autoscalingOption}.${field}`)),
      ...fieldsOf(runtime).map((field) => pointerOf(index, field.name)),
    ]),
  ];
}

function deploymentSpec(draft: DeploymentDraft, index: number, issues: FieldIssue[]): Record<string, unknown> {
  const spec: Record<string, unknown> = {
    name: draft.name,
    ...(draft.runtime === undefined ? {} : { runtime: draft.runtime }),
    ...(draft.model === undefined ? {} : { model: draft.model }),
  };
  const blocks: Record<string, Record<string, unknown>> = {};
  for (const field of fieldsOf(draft.runtime)) {
    const reading = readField(draft.fields[field.name] ?? "", field.kind);
    if (reading.state === "unset") continue;
    if (reading.state === "problem") issues.push({ pointer: pointerOf(index, field.name), detail: reading.problem });
    const value = reading.state === "value" ? reading.value : draft.fields[field.name];
    const [block = "", inner] = field.name.split(".");
    if (inner === undefined) spec[field.name] = value;
    else (blocks[block] ??= {})[inner] = value;
  }
  return { ...spec, ...blocks };
}

/** A spec as the form shows it: an example's, or the one of an application that gets a new revision. */
export function draftOfSpec(spec: ApplicationSpecInput | ApplicationSpec, source: DraftSource): Draft {
  return {
    source,
    name: spec.name,
    route: spec.route_prefix === undefined ? "/" : spec.route_prefix,
    importPath: spec.import_path ?? "",
    envVars: spec.runtime_env?.env_vars === undefined ? "" : JSON.stringify(spec.runtime_env.env_vars),
    args: spec.args === undefined || Object.keys(spec.args).length === 0 ? "" : JSON.stringify(spec.args),
    deployments: (spec.deployments ?? []).map((deployment) => draftOfDeployment(deployment)),
    message: "",
  };
}

function draftOfDeployment(spec: Pick<DeploymentSpec, "name" | "runtime" | "model">): DeploymentDraft {
  const fields: Record<string, string> = {};
  for (const field of fieldsOf(spec.runtime)) {
    const text = printField(valueOfOption(spec, field.name), field.kind);
    if (text !== "") fields[field.name] = text;
  }
  return {
    name: spec.name,
    fields,
    ...(spec.runtime === undefined ? {} : { runtime: spec.runtime }),
    ...(spec.model === undefined ? {} : { model: spec.model }),
  };
}

/** Value of `num_replicas` or `ray_actor_options.num_cpus` in a deployment. */
export function valueOfOption(spec: object, option: string): unknown {
  return option
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      spec,
    );
}

/** First draft for an uploaded bundle: everything has a sensible value, so that Deploy works at once. */
export function draftOfUpload(source: DraftSource): Draft {
  const name = nameOfFile(source.name);
  const isModel = source.kind === "onnx";
  return {
    source,
    name,
    route: `/${name}`,
    importPath: isModel ? "" : "app:app",
    envVars: "",
    args: "",
    deployments: isModel
      ? [
          {
            name: "model",
            runtime: "onnx",
            model: `bundle:${source.sha256}`,
            fields: { num_replicas: "1", "ray_actor_options.num_cpus": "0.25" },
          },
        ]
      : [],
    message: "",
  };
}

/** A name that is allowed, made of a file's name: `My Model (2).onnx` -> `my-model-2`. */
export function nameOfFile(file: string): string {
  const base = file.replace(/\.[a-z0-9]+$/i, "").toLowerCase();
  const name = base.replace(/[^a-z0-9_.-]+/g, "-").replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  return name.slice(0, 63) || "model";
}

/** Another bundle in the same form: what was typed stays. */
export function replaceSource(draft: Draft, source: DraftSource): Draft {
  const deployments = draft.deployments.map((deployment) =>
    deployment.model === undefined ? deployment : { ...deployment, model: `bundle:${source.sha256}` },
  );
  return { ...draft, source, deployments };
}

/** Deployments that the code declares and the form does not yet list come without overrides. */
export function withDescription(
  draft: Draft,
  description: BundleDescription | null,
  describeError: string | null,
): Draft {
  const known = new Set(draft.deployments.map((deployment) => deployment.name));
  const added = (description?.deployments ?? [])
    .filter((one) => !known.has(one.options.name))
    .map((one) => ({ name: one.options.name, fields: {} }));
  const deployments = draft.source.kind === "zip" ? [...draft.deployments, ...added] : draft.deployments;
  return { ...draft, deployments, source: { ...draft.source, description, describeError } };
}

export function setFields(draft: Draft, deployment: number, texts: Readonly<Record<string, string>>): Draft {
  const deployments = draft.deployments.map((one, index) =>
    index === deployment ? { ...one, fields: { ...one.fields, ...texts } } : one,
  );
  return { ...draft, deployments };
}

/** A value that would find room, put into the deployment of this name. */
export function setSuggestion(draft: Draft, name: string, { option, value }: Suggestion): Draft {
  const index = draft.deployments.findIndex((one) => one.name === name);
  const text = printField(value, option === "memory" ? "bytes" : "number");
  return setFields(draft, index, { [`ray_actor_options.${option}`]: text });
}
