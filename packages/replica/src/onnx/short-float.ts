/**
 * A float32 as the shortest number that is read back as the same float32: 0.1 instead of 0.10000000149011612. Half the text,
 * and what people expect to see. Nine significant digits always suffice; most values need seven or eight.
 */
const powers: readonly number[] = Array.from({ length: 14 }, (_, exponent) => 10 ** exponent);

/** `value` must be a float32. Outside of 1e-5 to 1e7, where text is rarely shorter, it stays as it is. */
export function shortestFloat(value: number): number {
  const size = Math.abs(value);
  if (!(size >= 1e-5 && size < 1e7)) return value;
  const places = decimalPlaces(size);
  for (let more = 0; more < 3; more += 1) {
    // Both are exact integers below 2^53, so the quotient is the double nearest to the decimal number: it prints short.
    const power = powers[places + more] ?? 1;
    const short = Math.round(value * power) / power;
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** Places behind the point for seven significant digits. */
function decimalPlaces(size: number): number {
  if (size >= 1) {
    if (size >= 1_000) return size >= 1e5 ? (size >= 1e6 ? 0 : 1) : size >= 1e4 ? 2 : 3;
    return size >= 100 ? 4 : size >= 10 ? 5 : 6;
  }
  if (size >= 0.01) return size >= 0.1 ? 7 : 8;
  if (size >= 0.0001) return size >= 0.001 ? 9 : 10;
  return 11;
}
