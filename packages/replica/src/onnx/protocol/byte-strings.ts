/** BYTES in the binary part: per element a length of 4 bytes, little-endian, and the bytes. */
import { badInput } from "../input-errors.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** ONNX strings are text: bytes that are no UTF-8, or hold a zero byte, would not reach the model as they are. */
export function readByteStrings(name: string, bytes: Buffer, count: number): string[] {
  const texts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const length = at + 4 <= bytes.length ? bytes.readUInt32LE(at) : Infinity;
    if (at + 4 + length > bytes.length) {
      throw badInput(`Input "${name}": element ${texts.length} is longer than the bytes that are there.`);
    }
    texts.push(decode(name, bytes.subarray(at + 4, at + 4 + length), texts.length));
    at += 4 + length;
  }
  if (texts.length !== count) {
    throw badInput(`Input "${name}" has ${count} elements by its shape; its bytes hold ${texts.length}.`);
  }
  return texts;
}

export function writeByteStrings(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}

function decode(name: string, bytes: Buffer, index: number): string {
  try {
    const text = utf8.decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    throw badInput(
      `Input "${name}": element ${index} is not UTF-8. An ONNX string is text; send other bytes as UINT8.`,
    );
  }
  throw badInput(`Input "${name}": element ${index} holds a zero byte, which an ONNX string cannot.`);
}
