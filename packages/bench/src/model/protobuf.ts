/** Just enough of the protobuf encoding to write a model file: varints and length-delimited fields. */

export type Field = Uint8Array;

export function varintField(number: number, value: number): Field {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

export function bytesField(number: number, value: Uint8Array | string): Field {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** A message inside a message. */
export function messageField(number: number, fields: readonly Field[]): Field {
  return bytesField(number, Buffer.concat(fields));
}

/** Base 128, least significant group first, high bit = more follows. Numbers up to 2^53. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
