/** `predict(inputs)` of a handle: typed arrays or nested arrays in, typed arrays with their shape out. */
import type { TensorDescription } from "@sluice/contracts";
import { fitShape } from "./fit-shape.ts";
import { badInput, checkInputNames, checkTruth } from "./input-errors.ts";
import { readTensor } from "./read-inputs.ts";
import { allocateValues, bytesOf, isSupportedDatatype, shapeText, sizeOf, valuesOf, wireNameOf } from "./tensor.ts";
import type { Tensor, TensorValues } from "./tensor.ts";

/** One output of `predict`. `bool` is one byte per value and `FP16` its bits; `BYTES` is a list of texts. */
export interface PredictedTensor {
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: TensorValues | readonly string[];
}

/**
 * Reads `{name: values}`, where values are nested arrays, a typed array (one item, or the rows of several one after the
 * other), or `{data, shape}` with either of them flat.
 */
export function readPredictInputs(value: unknown, descriptions: readonly TensorDescription[]): readonly Tensor[] {
  if (!isRecord(value)) throw badInput("predict(inputs) wants an object: the values of each input by its name.");
  checkInputNames(Object.keys(value), descriptions);
  return descriptions.map((description) => readOne(value[description.name], description));
}

export function writePredicted(outputs: readonly Tensor[]): Record<string, PredictedTensor> {
  return Object.fromEntries(
    outputs.map(({ name, datatype, shape, data }) => {
      const values = datatype === "string" ? (data as readonly string[]) : valuesOf(datatype, data as Uint8Array);
      return [name, { datatype: wireNameOf(datatype), shape: [...shape], data: values }];
    }),
  );
}

function readOne(value: unknown, description: TensorDescription): Tensor {
  if (isRecord(value) && "data" in value) {
    const shape = readShape(value["shape"], description.name);
    const flat = isTypedArray(value["data"]) ? readTyped(value["data"], { ...description, shape }) : undefined;
    const tensor = flat ?? readTensor(value["data"], { ...description, shape }).tensor;
    if (fitShape(description.shape, shape)?.isSingle === false) return tensor;
    throw badInput(
      `Input "${description.name}" wants shape ${shapeText(description.shape)}; given shape ${shapeText(shape)}.`,
    );
  }
  return isTypedArray(value) ? readTyped(value, description) : readTensor(value, description).tensor;
}

function readTyped(values: TensorValues, description: TensorDescription): Tensor {
  const { name, datatype } = description;
  if (!isSupportedDatatype(datatype) || datatype === "string") {
    throw badInput(`Input "${name}" wants ${datatype}; given is a typed array of numbers.`);
  }
  const shape = shapeOfFlat(values.length, description);
  const wanted = allocateValues(datatype, 0);
  // Bits are taken as they are where the type of the memory is the model's; other numbers go through the checks of JSON.
  if (values instanceof (wanted.constructor as typeof Uint8Array)) {
    const data = bytesOf(values);
    checkTruth(name, datatype, data);
    return { name, datatype, shape, data };
  }
  const { tensor } = readTensor(Array.from<number | bigint>(values), { ...description, shape: [values.length] });
  return { ...tensor, shape };
}

/** A flat array is the whole of a fixed shape, or rows one after the other. */
function shapeOfFlat(length: number, { name, shape }: TensorDescription): readonly number[] {
  const fit = fitShape(shape, [length]);
  if (fit !== undefined) return fit.shape;
  const item = shape.slice(1);
  const itemSize = item.every((dimension) => typeof dimension === "number" && dimension > 0)
    ? sizeOf(item as number[])
    : 0;
  if (itemSize > 0 && length % itemSize === 0) {
    const rows = [length / itemSize, ...(item as number[])];
    if (fitShape(shape, rows)?.isSingle === false) return rows;
  }
  throw badInput(
    `Input "${name}" wants shape ${shapeText(shape)}; a flat array of ${length} values does not say its shape. ` +
      "Give {data, shape}.",
  );
}

function readShape(value: unknown, name: string): number[] {
  const isShape = Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && (one as number) >= 0);
  if (isShape) return value as number[];
  throw badInput(`Input "${name}": shape is a list of whole numbers, not ${JSON.stringify(value) ?? "nothing"}.`);
}

function isTypedArray(value: unknown): value is TensorValues {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
