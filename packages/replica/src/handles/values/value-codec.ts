import { Decoder, Encoder } from "@msgpack/msgpack";
import { Encoding } from "@sluice/wire";
import type { HeaderPairs } from "@sluice/wire";
import { isJsonSafe } from "./json-safe.ts";
import { undefinedMark, valueExtensions } from "./value-extensions.ts";
import type { PartsContext } from "./value-extensions.ts";

/** A value as it goes into a body: a document, then the large binary values in it. */
export interface EncodedValue {
  readonly encoding: Encoding;
  /** Undefined: the value is `undefined`, and the body empty. */
  readonly document: Buffer | undefined;
  readonly parts: readonly Buffer[];
}

/** Header that tells the lengths, in bytes, of the document and of each part, joined by commas. */
export const partsHeader = "sluice-parts";

const noParts: readonly Buffer[] = Object.freeze([]);
const nothing: EncodedValue = { encoding: Encoding.none, document: undefined, parts: noParts };
/** An encoder keeps its buffer for the next value; one that grew beyond this is let go. */
const keptBytes = 1024 * 1024;

const context: PartsContext = {
  parts: undefined,
  encode: (value) => encoder.encode(value),
  decode: (bytes) => decoder.decode(bytes),
};
const newEncoder = (): Encoder<PartsContext> =>
  new Encoder({ extensionCodec: valueExtensions, context, ignoreUndefined: true });
let encoder = newEncoder();
const decoder = new Decoder({ extensionCodec: valueExtensions, context });

/** Encodes the arguments of a call. `undefined` among them stays undefined, so that defaults apply at the far side. */
export function encodeArguments(args: readonly unknown[]): EncodedValue {
  if (isJsonSafe(args)) return encodeJson(args);
  return encodeMsgpack(
    args.map((argument) => (argument === undefined ? undefinedMark : argument)),
    true,
  );
}

/** Encodes the answer of a call. */
export function encodeResult(value: unknown): EncodedValue {
  if (value === undefined) return nothing;
  return isJsonSafe(value) ? encodeJson(value) : encodeMsgpack(value, true);
}

/** Encodes one item of a stream: always msgpack, everything inline. */
export function encodeItemValue(value: unknown): Buffer {
  return encodeMsgpack(value === undefined ? undefinedMark : value, false).document ?? Buffer.alloc(0);
}

/** The value of a document. Throws on what is no such document. */
export function decodeValue(encoding: Encoding, document: Buffer, parts: Buffer[] = []): unknown {
  if (document.length === 0) return undefined;
  switch (encoding) {
    case Encoding.none:
      return undefined;
    case Encoding.json:
      return JSON.parse(document.toString("utf8"));
    case Encoding.msgpack:
      context.parts = parts;
      try {
        return decoder.decode(document);
      } finally {
        context.parts = undefined;
      }
    case Encoding.bytes:
      return Buffer.from(document);
    case Encoding.opaque:
      throw new TypeError("an opaque body can only be read by those who agreed on it");
    default:
      return encoding satisfies never;
  }
}

/** The header of a value with parts; none for others. */
export function headersOfValue({ document, parts }: EncodedValue): HeaderPairs | undefined {
  if (parts.length === 0) return undefined;
  return [partsHeader, [document?.length ?? 0, ...parts.map((part) => part.length)].join(",")];
}

function encodeJson(value: unknown): EncodedValue {
  return { encoding: Encoding.json, document: Buffer.from(JSON.stringify(value)), parts: noParts };
}

function encodeMsgpack(value: unknown, mayHaveParts: boolean): EncodedValue {
  const parts: Buffer[] | undefined = mayHaveParts ? [] : undefined;
  context.parts = parts;
  try {
    const encoded = encoder.encodeSharedRef(value);
    const document = Buffer.from(encoded);
    if (encoded.buffer.byteLength > keptBytes) encoder = newEncoder();
    return { encoding: Encoding.msgpack, document, parts: parts ?? noParts };
  } catch (error) {
    throw error instanceof TypeError
      ? error
      : new TypeError(`The value cannot be sent: ${String(error)}`, { cause: error });
  } finally {
    context.parts = undefined;
  }
}
