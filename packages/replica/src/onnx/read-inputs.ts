import type { TensorDescription } from "@sluice/contracts";
import { fillValues } from "./fill-values.ts";
import { fitShape } from "./fit-shape.ts";
import { badInput, checkInputNames } from "./input-errors.ts";
import { shapeOfNested } from "./nested-values.ts";
import { describeWanted, isSupportedDatatype, shapeText } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Inputs of one request, ready to run. */
export interface ModelInputs {
  readonly tensors: readonly Tensor[];
  /** One item was given without the first axis; the answer leaves it out as well. */
  readonly isSingle: boolean;
}

/**
 * Reads `{"<input>": values, ...}`. A model with one input also takes `{"inputs": values}` or the bare values.
 * Values are nested arrays, or one flat array for one item. Wrong input is 400 and names the input, what it wants and
 * what it got.
 */
export function readInputs(body: unknown, descriptions: readonly TensorDescription[]): ModelInputs {
  const given = valuesByInput(body, descriptions);
  checkInputNames(Object.keys(given), descriptions);
  let isSingle = false;
  const tensors = descriptions.map((description) => {
    const read = readTensor(given[description.name], description);
    isSingle ||= read.isSingle;
    return read.tensor;
  });
  return { tensors, isSingle };
}

function valuesByInput(body: unknown, descriptions: readonly TensorDescription[]): Record<string, unknown> {
  const [only, ...others] = descriptions;
  const isOnly = only !== undefined && others.length === 0;
  if (Array.isArray(body) && isOnly) return { [only.name]: body };
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badInput(`Send a JSON object with the inputs of the model: ${descriptions.map(describeWanted).join("; ")}.`);
  }
  const record = body as Record<string, unknown>;
  if (isOnly && !(only.name in record) && "inputs" in record) return { [only.name]: record["inputs"] };
  return record;
}

/** One input from nested arrays. `isSingle`: its first axis was added. */
export function readTensor(
  value: unknown,
  description: TensorDescription,
): { readonly tensor: Tensor; readonly isSingle: boolean } {
  const { name, datatype } = description;
  if (!isSupportedDatatype(datatype))
    throw badInput(`Input "${name}" has the datatype ${datatype}, which nothing here fills.`);
  const given = shapeOfNested(value);
  if (given === undefined) {
    throw badInput(`Input "${name}" wants ${describeWanted(description)}; given are nested arrays of unequal length.`);
  }
  const fit = fitShape(description.shape, given);
  if (fit === undefined) {
    throw badInput(
      `Input "${name}" wants shape ${shapeText(description.shape)} of ${datatype}; given shape ${shapeText(given)}.`,
    );
  }
  const filled = fillValues(datatype, value, fit.size);
  if (!filled.ok) {
    throw badInput(
      `Input "${name}" wants ${datatype} values in shape ${shapeText(description.shape)}; ` +
        `given shape ${shapeText(given)} with ${filled.wrong}.`,
    );
  }
  return { tensor: { name, datatype, shape: fit.shape, data: filled.data, isOwned: true }, isSingle: fit.isSingle };
}
