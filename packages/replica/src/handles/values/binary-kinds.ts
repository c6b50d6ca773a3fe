/**
 * Kinds of binary values, by the number they have on the wire: never reorder, only append. Memory is little-endian, as on
 * every platform Node runs on.
 */
const kindNames = [
  "Uint8Array",
  "Int8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "DataView",
  "ArrayBuffer",
  "Buffer",
  "Float16Array",
] as const;

type KindName = (typeof kindNames)[number];

const kindOfName = new Map<string, number>(kindNames.map((name, kind) => [name, kind]));

/** A binary value taken apart: what it was, and its bytes (the value's own memory). */
export interface BinaryParts {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/** Undefined when the value is not binary. */
export function binaryPartsOf(value: object): BinaryParts | undefined {
  if (ArrayBuffer.isView(value)) {
    const name = Buffer.isBuffer(value) ? "Buffer" : value instanceof DataView ? "DataView" : tagOf(value);
    const kind = kindOfName.get(name);
    if (kind === undefined) return undefined;
    return { kind, bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return { kind: kindOfName.get("ArrayBuffer") ?? 0, bytes: new Uint8Array(value) };
  }
  return undefined;
}

/** The value over this memory, which becomes its own. */
export function binaryOfParts(kind: number, memory: ArrayBuffer): unknown {
  const name: KindName | undefined = kindNames[kind];
  if (name === undefined) throw new RangeError(`binary kind ${kind} is not known here`);
  if (name === "ArrayBuffer") return memory;
  if (name === "Buffer") return Buffer.from(memory);
  const classes = globalThis as unknown as Record<string, (new (memory: ArrayBuffer) => unknown) | undefined>;
  const BinaryClass = classes[name];
  if (BinaryClass === undefined) throw new RangeError(`this version of Node has no ${name}`);
  return new BinaryClass(memory);
}

function tagOf(view: ArrayBufferView): string {
  return (view as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag];
}
