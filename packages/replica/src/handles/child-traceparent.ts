/** W3C trace context, version 00: version, trace id, parent span id, flags. */
const form = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const spanAt = "00-".length + 32 + 1;

/** The trace context of one hop further: the same trace and flags, `spanId` as the parent. "" when there is no trace. */
export function childTraceparent(parent: string, spanId: string): string {
  if (!form.test(parent)) return "";
  return `${parent.slice(0, spanAt)}${spanId}${parent.slice(spanAt + 16)}`;
}

/** 16 hexadecimal digits, never all zero, made of two numbers in [0, 1). */
export function spanIdOf(u1: number, u2: number): string {
  const high = Math.floor(u1 * 0x1_0000_0000);
  const low = Math.floor(u2 * 0x1_0000_0000);
  const isZero = high === 0 && low === 0;
  return `${hex8(high)}${hex8(isZero ? 1 : low)}`;
}

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** By table: `toString(16)` of numbers beyond 31 bits is slow, and every call makes an id. */
function hex8(value: number): string {
  const high = `${hexOfByte[value >>> 24]}${hexOfByte[(value >>> 16) & 255]}`;
  return `${high}${hexOfByte[(value >>> 8) & 255]}${hexOfByte[value & 255]}`;
}
