import { z } from "zod";
import { badInput } from "../input-errors.ts";

const Parameters = z.record(z.string(), z.unknown()).optional();

/** The JSON part of an inference request of the Open Inference Protocol. */
export const InferBody = z.object({
  id: z.string("`id` is a text.").optional(),
  parameters: Parameters,
  inputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int().nonnegative()),
      datatype: z.string(),
      parameters: Parameters,
      data: z.unknown().optional(),
    }),
    "`inputs` is a list of tensors: name, shape, datatype, data.",
  ),
  outputs: z.array(z.object({ name: z.string(), parameters: Parameters })).optional(),
});
export type InferBody = z.infer<typeof InferBody>;

/** Parses and checks the JSON; what is wrong is 400 with the path of the field. */
export function parseInferBody(json: Buffer): InferBody {
  let value: unknown;
  try {
    value = JSON.parse(json.toString("utf8"));
  } catch (error) {
    throw badInput(`The request is not valid JSON: ${error instanceof Error ? error.message : "it cannot be read"}`);
  }
  const parsed = InferBody.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue === undefined || issue.path.length === 0 ? "The request" : `\`${issue.path.join(".")}\``;
  throw badInput(`${path} is wrong: ${issue?.message ?? "it is not an inference request"}`);
}

/** Why a parameter cannot take effect. Clients send some of these empty by habit; that asks for nothing. */
const refusals: Readonly<Record<string, string>> = {
  sequence_id: "models here keep no state between requests",
  sequence_start: "models here keep no state between requests",
  sequence_end: "models here keep no state between requests",
  priority: "requests are served in the order in which they come",
  timeout: "set the header x-request-timeout-seconds instead",
  classification: "the output is given as it is; choose the best classes in the client",
  shared_memory_region: "shared memory with clients is not available; send the tensor in the body",
};
const noOps: readonly unknown[] = [0, "", false, null];

/**
 * Honours what it knows and refuses the rest by name: a parameter without effect would be a silent mistake.
 * `known` has the parameters that the caller reads itself.
 */
export function checkParameters(
  parameters: Readonly<Record<string, unknown>> | undefined,
  known: readonly string[],
  where: string,
): void {
  for (const [name, value] of Object.entries(parameters ?? {})) {
    if (known.includes(name)) continue;
    // MLServer's way to say "a plain tensor", which is what every tensor is here.
    if (name === "content_type" && value === "np") continue;
    const reason = Object.hasOwn(refusals, name) ? refusals[name] : undefined;
    if (reason !== undefined && noOps.includes(value)) continue;
    throw badInput(
      `${where}: the parameter "${name}" has no effect here${reason === undefined ? "" : `: ${reason}`}. Leave it out.`,
    );
  }
}

/** A true/false parameter; `fallback` when it is not given. */
export function readFlag(
  parameters: Readonly<Record<string, unknown>> | undefined,
  name: string,
  where: string,
  fallback: boolean,
): boolean {
  const value = parameters?.[name];
  if (value === undefined) return fallback;
  if (typeof value !== "boolean") throw badInput(`${where}: "${name}" is true or false, not ${JSON.stringify(value)}.`);
  return value;
}
