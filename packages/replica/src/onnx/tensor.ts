import type { TensorDescription } from "@sluice/contracts";

/** Numeric tensor memory by ONNX Runtime's name of the type. `bool` is one byte per value. */
const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

export type NumericDatatype = keyof typeof arrayTypes;
export type Datatype = NumericDatatype | "string";
type NumericData = InstanceType<(typeof arrayTypes)[NumericDatatype]>;
export type TensorData = NumericData | string[];

/** A tensor as it travels to and from the worker thread. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export function isSupportedDatatype(datatype: string): datatype is Datatype {
  return datatype === "string" || datatype in arrayTypes;
}

/** Memory for `length` values. */
export function allocateData(datatype: Datatype, length: number): TensorData {
  return datatype === "string" ? new Array<string>(length).fill("") : new arrayTypes[datatype](length);
}

/** True for a dimension the caller chooses. ONNX names it, or leaves it out (-1, 0). */
export function isFree(dimension: string | number | undefined): boolean {
  return typeof dimension === "string" || (dimension !== undefined && dimension <= 0);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** `[batch, 64]` as people read it. */
export function shapeText(shape: readonly (string | number)[]): string {
  return `[${shape.map((dimension) => (isFree(dimension) && typeof dimension === "number" ? "?" : String(dimension))).join(", ")}]`;
}

/** Rows along the first axis can be put together and taken apart again. */
export function hasFreeFirstAxis(descriptions: readonly TensorDescription[]): boolean {
  return descriptions.length > 0 && descriptions.every((description) => isFree(description.shape[0]));
}
