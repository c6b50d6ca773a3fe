import type { TensorDescription } from "@sluice/contracts";

/**
 * Datatypes by ONNX Runtime's name: the name in the Open Inference Protocol, bytes per value, and memory for values.
 * `bool` is one byte per value; `float16` is its bits.
 */
const numericTypes = {
  bool: { wireName: "BOOL", valueBytes: 1, array: Uint8Array },
  uint8: { wireName: "UINT8", valueBytes: 1, array: Uint8Array },
  uint16: { wireName: "UINT16", valueBytes: 2, array: Uint16Array },
  uint32: { wireName: "UINT32", valueBytes: 4, array: Uint32Array },
  uint64: { wireName: "UINT64", valueBytes: 8, array: BigUint64Array },
  int8: { wireName: "INT8", valueBytes: 1, array: Int8Array },
  int16: { wireName: "INT16", valueBytes: 2, array: Int16Array },
  int32: { wireName: "INT32", valueBytes: 4, array: Int32Array },
  int64: { wireName: "INT64", valueBytes: 8, array: BigInt64Array },
  float16: { wireName: "FP16", valueBytes: 2, array: Uint16Array },
  float32: { wireName: "FP32", valueBytes: 4, array: Float32Array },
  float64: { wireName: "FP64", valueBytes: 8, array: Float64Array },
} as const;

export type NumericDatatype = keyof typeof numericTypes;
export type Datatype = NumericDatatype | "string";
export type TensorValues = InstanceType<(typeof numericTypes)[NumericDatatype]["array"]>;

/**
 * A tensor inside the host. Numbers are the bytes of their values in row-major, little-endian order: a request's bytes are
 * copied once, into the memory of the batch, and need not be aligned before. Strings are JavaScript's.
 */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: Uint8Array | readonly string[];
  /** Nothing else lies in this memory: it may be given to the inference thread without a copy. Absent = not known. */
  readonly isOwned?: boolean;
}

export function isSupportedDatatype(datatype: string): datatype is Datatype {
  return datatype === "string" || Object.hasOwn(numericTypes, datatype);
}

/** FP32, BYTES, ...: the name in the Open Inference Protocol. */
export function wireNameOf(datatype: Datatype): string {
  return datatype === "string" ? "BYTES" : numericTypes[datatype].wireName;
}

export function valueBytesOf(datatype: NumericDatatype): number {
  return numericTypes[datatype].valueBytes;
}

/** Zeroed memory for `length` values. */
export function allocateValues(datatype: NumericDatatype, length: number): TensorValues {
  return new numericTypes[datatype].array(length);
}

/** The values of a tensor's bytes: a view where they are aligned, else a copy. */
export function valuesOf(datatype: NumericDatatype, bytes: Uint8Array): TensorValues {
  const { array, valueBytes } = numericTypes[datatype];
  const isAligned = bytes.byteOffset % valueBytes === 0;
  const { buffer, byteOffset } = isAligned ? bytes : Uint8Array.from(bytes);
  return new array(buffer as ArrayBuffer, byteOffset, bytes.byteLength / valueBytes);
}

export function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}

/** True for a dimension the caller chooses. ONNX names it, or leaves it out ("", -1, 0). */
export function isFree(dimension: string | number | undefined): boolean {
  return typeof dimension === "string" || (dimension !== undefined && dimension <= 0);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1);
}

/** `[batch, 64]` as people read it. */
export function shapeText(shape: readonly (string | number)[]): string {
  return `[${shape.map((dimension) => (isFree(dimension) && (typeof dimension === "number" || dimension === "") ? "?" : String(dimension))).join(", ")}]`;
}

/** `"pixels": float32 [batch, 64]` */
export function describeWanted({ name, datatype, shape }: TensorDescription): string {
  return `"${name}": ${datatype} ${shapeText(shape)}`;
}
