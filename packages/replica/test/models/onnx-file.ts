/**
 * Writes small ONNX files: a model is a protocol buffer of few fields, so tests make theirs for every datatype without
 * Python. Field numbers are those of onnx.proto3.
 */

/** TensorProto.DataType by ONNX Runtime's name. */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;
export type ElementType = keyof typeof elementTypes;

export interface ValueSpec {
  readonly name: string;
  readonly type: ElementType;
  /** A text is a free dimension; "" is one without a name. */
  readonly shape: readonly (number | string)[];
}

export interface NodeSpec {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers only: all that the models here need. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface ModelSpec {
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly weights?: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: Float32Array | BigInt64Array;
  }[];
}

/** The bytes of a `.onnx` file (opset 17). */
export function encodeModel(model: ModelSpec): Buffer {
  const graph = [
    ...model.nodes.map((node) => bytes(1, encodeNode(node))),
    text(2, "graph"),
    ...(model.weights ?? []).map(({ name, shape, data }) =>
      bytes(5, [
        ...shape.map((dimension) => number(1, dimension)),
        number(2, data instanceof Float32Array ? elementTypes.float32 : elementTypes.int64),
        text(8, name),
        bytes(9, [Buffer.from(data.buffer, data.byteOffset, data.byteLength)]),
      ]),
    ),
    ...model.inputs.map((value) => bytes(11, encodeValue(value))),
    ...model.outputs.map((value) => bytes(12, encodeValue(value))),
  ];
  return Buffer.concat([number(1, 8), bytes(7, graph), bytes(8, [text(1, ""), number(2, 17)])]);
}

function encodeNode({ op, inputs, outputs, attributes = {} }: NodeSpec): Buffer[] {
  return [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      typeof value === "number"
        ? bytes(5, [text(1, name), number(3, value), number(20, 2)])
        : bytes(5, [text(1, name), ...value.map((one) => number(8, one)), number(20, 7)]),
    ),
  ];
}

function encodeValue({ name, type, shape }: ValueSpec): Buffer[] {
  const dimensions = shape.map((dimension) =>
    bytes(1, dimension === "" ? [] : [typeof dimension === "number" ? number(1, dimension) : text(2, dimension)]),
  );
  return [text(1, name), bytes(2, [bytes(1, [number(1, elementTypes[type]), bytes(2, dimensions)])])];
}

function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value)))]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, [Buffer.from(value)]);
}

function bytes(field: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint((BigInt(field) << 3n) | 2n), varint(BigInt(length)), ...parts]);
}

function varint(value: bigint): Buffer {
  const out: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(out);
}
