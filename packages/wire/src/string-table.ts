import { WireError } from "./wire-error.ts";

/**
 * Strings of a head: u16 count, count x u16 byte length, then all texts in UTF-8 without separators.
 * Lengths instead of separators, so that no value (a sticky key, a header) can shift the fields after it. Lengths in
 * front of the text, so that one call decodes it all: when every character is one byte the lengths cut the string.
 */

const MAX_STRING_BYTES = 0xffff;
const MAX_STRINGS = 0xffff;

/** Upper bound of the bytes that `writeStringTable` needs; throws when a string or the table cannot be written. */
export function boundStringTableBytes(strings: readonly string[]): number {
  let characters = 0;
  for (const text of strings) {
    if (text.length > MAX_STRING_BYTES) throw tooLong(text.length);
    characters += text.length;
  }
  if (strings.length > MAX_STRINGS)
    throw new WireError("head_too_large", `${strings.length} strings in a head`, "safe");
  // UTF-8 needs at most 3 bytes per UTF-16 unit.
  return 2 + strings.length * 2 + characters * 3;
}

/** The longest beginning of `strings` whose table has at most `maxBytes`; strings that no table can hold are passed over. */
export function cutStringTable(strings: readonly string[], maxBytes: number): readonly string[] {
  const kept: string[] = [];
  let bytes = 2;
  for (const text of strings) {
    const textBytes = Buffer.byteLength(text);
    if (textBytes > MAX_STRING_BYTES) continue;
    bytes += 2 + textBytes;
    if (bytes > maxBytes || kept.length === MAX_STRINGS) break;
    kept.push(text);
  }
  return kept;
}

/** Writes the table at `offset` and returns the offset after it. The buffer has room for `boundStringTableBytes`. */
export function writeStringTable(buffer: Buffer, offset: number, strings: readonly string[]): number {
  let at = buffer.writeUInt16LE(strings.length, offset);
  let text = "";
  for (const string of strings) {
    at = buffer.writeUInt16LE(string.length, at);
    text += string;
  }
  const written = text === "" ? 0 : buffer.write(text, at);
  // UTF-8 never has fewer bytes than UTF-16 has units, and as many only when all is ASCII.
  if (written !== text.length) rewriteLengths(buffer, offset + 2, strings);
  return at + written;
}

function rewriteLengths(buffer: Buffer, offset: number, strings: readonly string[]): void {
  let at = offset;
  for (const string of strings) {
    const bytes = Buffer.byteLength(string);
    if (bytes > MAX_STRING_BYTES) throw tooLong(bytes);
    at = buffer.writeUInt16LE(bytes, at);
  }
}

function tooLong(length: number): WireError {
  return new WireError(
    "head_too_large",
    `a string of ${length} bytes does not fit in a head (limit ${MAX_STRING_BYTES})`,
    "safe",
  );
}

/** Reads a table that lies wholly in [offset, limit); bytes after it are left to later versions. */
export function readStringTable(buffer: Buffer, offset: number, limit: number): string[] {
  if (offset + 2 > limit) throw new WireError("protocol_error", "string table is cut off");
  const count = buffer.readUInt16LE(offset);
  const textStart = offset + 2 + count * 2;
  if (textStart > limit) throw new WireError("protocol_error", "lengths of a string table are cut off");
  let textEnd = textStart;
  for (let at = offset + 2; at < textStart; at += 2) textEnd += buffer.readUInt16LE(at);
  if (textEnd > limit) throw new WireError("protocol_error", "text of a string table is cut off");
  const text = buffer.toString("utf8", textStart, textEnd);
  const isOneBytePerUnit = text.length === textEnd - textStart;
  const strings = new Array<string>(count);
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const to = from + buffer.readUInt16LE(offset + 2 + index * 2);
    strings[index] = isOneBytePerUnit
      ? text.slice(from, to)
      : buffer.toString("utf8", textStart + from, textStart + to);
    from = to;
  }
  return strings;
}
