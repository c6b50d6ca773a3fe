/** The plain door of a model: POST its inputs as JSON at its route, GET for what they are. */
import { SluiceError } from "@sluice/contracts";
import type { TensorDescription } from "@sluice/contracts";
import type { Answer } from "../runtime.ts";
import { jsonAnswer } from "../serve/json-answer.ts";
import { jsonValues, nestValues } from "./nested-values.ts";
import { readInputs } from "./read-inputs.ts";
import type { Tensor } from "./tensor.ts";

/** What a model tells about itself on GET. */
export interface ModelDescription {
  readonly name: string;
  readonly inputs: readonly TensorDescription[];
  readonly outputs: readonly TensorDescription[];
}

type Infer = (tensors: readonly Tensor[]) => Promise<readonly Tensor[]>;

/** Values of each output by its name. One item in, one item out. */
export async function predictPlain(
  body: unknown,
  inputs: readonly TensorDescription[],
  infer: Infer,
): Promise<Record<string, unknown>> {
  const { tensors, isSingle } = readInputs(body, inputs);
  const outputs = await infer(tensors);
  return Object.fromEntries(outputs.map((output) => [output.name, outputValue(output, isSingle)]));
}

export async function answerPlain(
  method: string,
  below: string,
  description: ModelDescription,
  predict: () => Promise<unknown>,
): Promise<Answer> {
  if (below !== "" && below !== "/") {
    throw new SluiceError({
      code: "route/not_found",
      publicMessage: `A model answers at its route itself and below it at "/v2", not at "${below}".`,
    });
  }
  if (method === "GET" || method === "HEAD") return jsonAnswer(200, description);
  if (method === "POST") return jsonAnswer(200, await predict());
  throw new SluiceError({
    code: "request/method_not_allowed",
    publicMessage: `Use POST with the input, or GET for its description; ${method} is neither.`,
  });
}

/** The first axis is left out of the answer as it was of the input. */
function outputValue(output: Tensor, isSingle: boolean): unknown {
  const shape = isSingle && output.shape[0] === 1 ? output.shape.slice(1) : output.shape;
  return nestValues(jsonValues(output), shape);
}
