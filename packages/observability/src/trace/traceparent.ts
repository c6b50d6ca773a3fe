/** W3C trace context, version 00: version, trace id, parent span id, flags. */
const form = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const zeroTrace = "0".repeat(32);
const spanAt = "00-".length + 32 + 1;

/** Uniform in [0, 1). */
export type Random = () => number;

/**
 * The trace context that a hop passes on: the given trace with a span of this hop, or a new trace, not sampled, when none (or none
 * that is valid) was given.
 */
export function continueTrace(given: string | undefined, random: Random): string {
  const span = hex8(random()) + hex8(1 - random());
  if (given !== undefined && form.test(given) && !given.startsWith(zeroTrace, 3)) {
    return `${given.slice(0, spanAt)}${span}${given.slice(spanAt + 16)}`;
  }
  return `00-${hex8(random())}${hex8(random())}${hex8(random())}${hex8(1 - random())}-${span}-00`;
}

const hexOfByte: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * 8 digits; `u` in (0, 1] never gives all zero, which the standard forbids for a whole id. By table: `toString(16)` of numbers beyond
 * 31 bits is slow, and every request makes an id.
 */
function hex8(u: number): string {
  const value = Math.min(0xffff_ffff, Math.ceil(u * 0xffff_ffff));
  const high = `${hexOfByte[value >>> 24]}${hexOfByte[(value >>> 16) & 255]}`;
  return `${high}${hexOfByte[(value >>> 8) & 255]}${hexOfByte[value & 255]}`;
}
