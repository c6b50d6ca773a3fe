/** What stands where no value was measured. Never a zero. */
export const noData = "no data";

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Three significant digits, no exponent: 0.02, 3, 3.1, 18.4, 412, 12,418. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noData;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 100) return integer.format(value);
  if (size >= 10) return trimZeros(value.toFixed(1));
  if (size >= 1) return trimZeros(value.toFixed(2));
  return trimZeros(value.toPrecision(2));
}

/**
 * What was measured and averaged over a window, no more exact than it is: `< 0.1`, 0.4, 3.1, 18, 12,418. One request more or
 * less in the window, or the 2 % of a histogram, would change every further digit.
 */
export function formatMeasured(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return noData;
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 0.1) return "< 0.1";
  return size < 9.95 ? trimZeros(value.toFixed(1)) : integer.format(value);
}

/** At an axis, where few characters have room: 0.25, 500, `2.5k`, `10k`, `1M`. */
export function formatAxis(value: number): string {
  const [unit, size] = value >= 1_000_000 ? ["M", 1_000_000] : value >= 1_000 ? ["k", 1_000] : ["", 1];
  return `${formatNumber(value / size)}${unit}`;
}

/** `2.50` -> `2.5`, `3.00` -> `3`. */
function trimZeros(text: string): string {
  if (!text.includes(".")) return text;
  const [whole = "", fraction = ""] = text.split(".");
  const trimmed = fraction.replace(/0+$/, "");
  return trimmed === "" ? whole : `${whole}.${trimmed}`;
}

/** Weights and shares, one decimal at most: `90 %`, `33.3 %`. */
export function formatPercent(value: number | null | undefined): string {
  if (value === null || value === undefined) return noData;
  return `${trimZeros(value.toFixed(1))} %`;
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return noData;
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : formatNumber(value)} ${units[unit] ?? "B"}`;
}

/** `1 replica`, `3 replicas`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${integer.format(count)} ${count === 1 ? one : many}`;
}

/** First and last characters of a content hash. */
export function shortHash(sha256: string): string {
  return sha256.length > 12 ? `${sha256.slice(0, 4)}…${sha256.slice(-4)}` : sha256;
}
