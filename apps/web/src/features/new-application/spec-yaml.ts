import { stringify } from "yaml";
import type { ApplicationSpec, ApplicationSpecInput } from "@sluice/contracts";

/**
 * A spec as a person would write it: in the order of the docs, with everything that says nothing left out (empty
 * blocks, the only engine). Reading it back gives the same spec.
 */
export function specToYaml(spec: ApplicationSpecInput | ApplicationSpec): string {
  return stringify(withoutNothing(spec), { lineWidth: 0, indentSeq: false });
}

/** The same inside a config file for `sluice deploy`. */
export function specToConfigFile(spec: ApplicationSpecInput): string {
  return stringify({ applications: [withoutNothing(spec)] }, { lineWidth: 0, indentSeq: false });
}

function withoutNothing(spec: ApplicationSpecInput): Record<string, unknown> {
  const { name, route_prefix, import_path, runtime_env, args, deployments } = spec;
  const entries = Object.entries({ name, route_prefix, import_path, runtime_env, args, deployments });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

export interface YamlToken {
  readonly text: string;
  readonly isKey: boolean;
}

/** Splits YAML text of our own writing into keys and the rest, for colouring. The tokens joined are the text. */
export function tokenizeYaml(text: string): YamlToken[] {
  return text.split(/(?<=\n)/).flatMap((line) => {
    const match = /^(\s*(?:- )*)([A-Za-z_][\w.-]*)(:(?:\s.*)?\n?)$/.exec(line);
    if (match === null) return [{ text: line, isKey: false }];
    const [, indent = "", key = "", rest = ""] = match;
    return [
      { text: indent, isKey: false },
      { text: key, isKey: true },
      { text: rest, isKey: false },
    ].filter((token) => token.text !== "");
  });
}
