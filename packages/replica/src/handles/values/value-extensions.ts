import { decodeTimestampExtension, encodeTimestampExtension, EXT_TIMESTAMP, ExtData } from "@msgpack/msgpack";
import type { ExtensionCodecType } from "@msgpack/msgpack";
import { handleBrand } from "@sluice/sdk";
import { errorOfDetail, detailOfError } from "../error-detail.ts";
import type { ErrorDetail } from "../error-detail.ts";
import { binaryOfParts, binaryPartsOf } from "./binary-kinds.ts";

/** Extension types of a document. Dates are msgpack's own timestamps. */
const ext = { binary: 1, part: 2, undefined: 3, map: 4, set: 5, bigint: 6, error: 7, json: 8 } as const;

/** Binary values from this size on travel behind the document, in memory of their own at both ends. */
const partBytes = 8 * 1024;

/** Stands for `undefined` where it must not become null, as among arguments. */
export const undefinedMark: object = Object.freeze({});

/** What one document carries besides itself. Set for the (synchronous) time of one encode or decode. */
export interface PartsContext {
  /** Bytes of large binary values, copied at the moment of the call; undefined where everything stays inline. */
  parts: Buffer[] | undefined;
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

/** Msgpack for what JavaScript programs hand each other: typed arrays, dates, maps, sets, big integers, errors. */
export const valueExtensions: ExtensionCodecType<PartsContext> = {
  tryToEncode: (value, context) => {
    if (typeof value === "bigint") return new ExtData(ext.bigint, Buffer.from(String(value)));
    if (typeof value !== "object" || value === null) {
      throw new TypeError(`A ${typeof value} cannot be sent to another deployment.`);
    }
    if (Array.isArray(value)) return null;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return encodePlain(value);
    return encodeInstance(value, context);
  },
  decode: (data, type, context) => {
    switch (type) {
      case EXT_TIMESTAMP:
        return decodeTimestampExtension(data);
      case ext.binary:
        return binaryOfParts(data[0] ?? 0, new Uint8Array(data.subarray(1)).buffer);
      case ext.part:
        return decodePart(data, context);
      case ext.undefined:
        return undefined;
      case ext.map:
        return new Map(context.decode(data) as [unknown, unknown][]);
      case ext.set:
        return new Set(context.decode(data) as unknown[]);
      case ext.bigint:
        return BigInt(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
      case ext.error:
        return errorOfDetail(context.decode(data) as ErrorDetail);
      case ext.json:
        return context.decode(data);
      default:
        throw new RangeError(`value type ${type} is not known here`);
    }
  },
};

function encodePlain(value: object): ExtData | null {
  if (value === undefinedMark) return new ExtData(ext.undefined, new Uint8Array(0));
  if (handleBrand in value) throw new TypeError("A handle cannot be sent to another deployment; bind it there.");
  return null;
}

function encodeInstance(value: object, context: PartsContext): ExtData | null {
  const binary = binaryPartsOf(value);
  if (binary !== undefined) return encodeBinary(binary.kind, binary.bytes, context);
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? null : new ExtData(EXT_TIMESTAMP, timestampOf(value));
  if (value instanceof Map) return new ExtData(ext.map, context.encode([...value]));
  if (value instanceof Set) return new ExtData(ext.set, context.encode([...value]));
  if (value instanceof Error) return new ExtData(ext.error, context.encode(detailOfError(value)));
  if (value instanceof Promise)
    throw new TypeError("A promise cannot be sent deep inside an argument; await it before.");
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") return new ExtData(ext.json, context.encode(toJSON.call(value) as unknown));
  return null;
}

function encodeBinary(kind: number, bytes: Uint8Array, { parts }: PartsContext): ExtData {
  if (parts === undefined || bytes.length < partBytes) {
    const data = new Uint8Array(1 + bytes.length);
    data[0] = kind;
    data.set(bytes, 1);
    return new ExtData(ext.binary, data);
  }
  const data = Buffer.alloc(5);
  data.writeUInt8(kind, 0);
  data.writeUInt32LE(parts.length, 1);
  // A copy, so that the value is that of the moment of the call even if its owner reuses the memory.
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  parts.push(copy);
  return new ExtData(ext.part, data);
}

function decodePart(data: Uint8Array, { parts }: PartsContext): unknown {
  const header = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const part = parts?.[header.readUInt32LE(1)];
  if (part === undefined) throw new RangeError("a binary part of the body is missing");
  const isWhole = part.byteOffset === 0 && part.byteLength === part.buffer.byteLength;
  return binaryOfParts(header.readUInt8(0), isWhole ? (part.buffer as ArrayBuffer) : new Uint8Array(part).buffer);
}

function timestampOf(date: Date): Uint8Array {
  return encodeTimestampExtension(date) ?? new Uint8Array(0);
}
