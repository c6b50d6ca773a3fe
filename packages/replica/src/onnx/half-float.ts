/** IEEE 754 binary16 <-> numbers. Node 20 has no Float16Array. */
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Rounds to the nearest half, ties to even; what is beyond 65504 by half a step or more becomes infinite. */
export function halfFromNumber(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x4780_0000) return sign | 0x7c00; // 65536 and more: infinity
  if (magnitude >= 0x3880_0000) return sign | roundBits(magnitude - 0x3800_0000, 13); // normal; may carry into infinity
  if (magnitude < 0x3300_0000) return sign; // below half of the smallest step
  // Subnormal: value = mantissa * 2^-24.
  const exponent = magnitude >>> 23;
  return sign | roundBits((magnitude & 0x007f_ffff) | 0x0080_0000, 126 - exponent);
}

export function numberFromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

/** `value >>> count`, rounded to nearest, ties to even. */
function roundBits(value: number, count: number): number {
  const kept = value >>> count;
  const rest = value & ((1 << count) - 1);
  const middle = 1 << (count - 1);
  return rest > middle || (rest === middle && (kept & 1) === 1) ? kept + 1 : kept;
}
