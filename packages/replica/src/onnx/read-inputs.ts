import { SluiceError } from "@sluice/contracts";
import type { TensorDescription } from "@sluice/contracts";
import { fitShape } from "./fit-shape.ts";
import { fillData, shapeOfNested } from "./nested-values.ts";
import { allocateData, isSupportedDatatype, shapeText } from "./tensor.ts";
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
  let isSingle = false;
  const tensors = descriptions.map((description) => {
    const value = given[description.name];
    if (value === undefined) {
      throw badInput(
        `Input "${description.name}" is missing. Wanted ${wanted(description)}; given: ${namesText(given)}.`,
      );
    }
    const read = readTensor(value, description);
    isSingle ||= read.isSingle;
    return read.tensor;
  });
  const unknown = Object.keys(given).filter((name) => !descriptions.some((description) => description.name === name));
  if (unknown.length > 0) {
    throw badInput(
      `The model has no input "${unknown.join('", "')}". Its inputs: ${descriptions.map(wanted).join("; ")}.`,
    );
  }
  return { tensors, isSingle };
}

function valuesByInput(body: unknown, descriptions: readonly TensorDescription[]): Record<string, unknown> {
  const [only, ...others] = descriptions;
  const isOnly = only !== undefined && others.length === 0;
  if (Array.isArray(body) && isOnly) return { [only.name]: body };
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw badInput(`Send a JSON object with the inputs of the model: ${descriptions.map(wanted).join("; ")}.`);
  }
  const record = body as Record<string, unknown>;
  if (isOnly && !(only.name in record) && "inputs" in record) return { [only.name]: record["inputs"] };
  return record;
}

function readTensor(value: unknown, description: TensorDescription): { tensor: Tensor; isSingle: boolean } {
  const { name, datatype } = description;
  if (!isSupportedDatatype(datatype))
    throw badInput(`Input "${name}" has the datatype ${datatype}, which JSON input cannot fill.`);
  const given = shapeOfNested(value);
  if (given === undefined) {
    throw badInput(`Input "${name}" wants ${wanted(description)}; given are nested arrays of unequal length.`);
  }
  const fit = fitShape(description.shape, given);
  if (fit === undefined) {
    throw badInput(
      `Input "${name}" wants shape ${shapeText(description.shape)} of ${datatype}; given shape ${shapeText(given)}.`,
    );
  }
  const data = allocateData(datatype, fit.size);
  const wrong = fillData(data, datatype, value);
  if (wrong !== undefined) {
    throw badInput(
      `Input "${name}" wants ${datatype} values in shape ${shapeText(description.shape)}; ` +
        `given shape ${shapeText(given)} with ${wrong}.`,
    );
  }
  return { tensor: { name, datatype, shape: fit.shape, data }, isSingle: fit.isSingle };
}

function wanted(description: TensorDescription): string {
  return `"${description.name}": ${description.datatype} ${shapeText(description.shape)}`;
}

function namesText(given: Record<string, unknown>): string {
  const names = Object.keys(given);
  return names.length === 0 ? "nothing" : names.map((name) => `"${name}"`).join(", ");
}

function badInput(publicMessage: string): SluiceError {
  return new SluiceError({ code: "request/invalid", publicMessage });
}
