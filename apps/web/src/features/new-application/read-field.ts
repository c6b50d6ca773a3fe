/** Typed text of one field -> value of the spec, or a sentence that says what would be right. Pure. */

export type FieldKind = "number" | "bytes" | "json" | "list" | "text";

export type Reading =
  | { readonly state: "unset" }
  | { readonly state: "value"; readonly value: unknown }
  | { readonly state: "problem"; readonly problem: string };

const byteUnits: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** An empty field is unset: the default, or what the code says, holds. */
export function readField(text: string, kind: FieldKind): Reading {
  const trimmed = text.trim();
  if (trimmed === "") return { state: "unset" };
  switch (kind) {
    case "text":
      return { state: "value", value: trimmed };
    case "number":
      return readNumber(trimmed);
    case "bytes":
      return readBytes(trimmed);
    case "list":
      return { state: "value", value: readList(trimmed) };
    case "json":
      return readJson(trimmed);
  }
}

function readNumber(text: string): Reading {
  if (text === "null") return { state: "value", value: null };
  // `num_replicas: auto`; the schema refuses it elsewhere.
  if (text === "auto") return { state: "value", value: text };
  const value = Number(text);
  return Number.isFinite(value)
    ? { state: "value", value }
    : { state: "problem", problem: `“${text}” is not a number.` };
}

/** `268435456`, `256 MiB`, `1.5g`. Units count by 1024. */
function readBytes(text: string): Reading {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text);
  if (match === null)
    return { state: "problem", problem: "Bytes, or a number with KiB, MiB or GiB, for example 256 MiB." };
  return { state: "value", value: Math.round(Number(match[1]) * (byteUnits[(match[2] ?? "").toLowerCase()] ?? 1)) };
}

/** `cuda, cpu`, and the same as YAML or JSON have it. A comma at the end is one whose word is still to be typed. */
function readList(text: string): readonly string[] {
  const inner = text.replace(/,$/, "").replace(/^\[(.*)\]$/, "$1");
  return inner.split(",").map((item) => item.trim().replace(/^(["'])(.*)\1$/, "$2"));
}

function readJson(text: string): Reading {
  try {
    return { state: "value", value: JSON.parse(text) as unknown };
  } catch (error) {
    return { state: "problem", problem: `Not JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

/** The inverse, for a spec that is loaded into the form. */
export function printField(value: unknown, kind: FieldKind): string {
  if (value === undefined) return "";
  if (kind === "json") return JSON.stringify(value);
  if (kind === "list" && Array.isArray(value)) return value.join(", ");
  if (kind === "bytes" && typeof value === "number" && value > 0 && value % 1024 ** 2 === 0)
    return `${value / 1024 ** 2} MiB`;
  return typeof value === "string" ? value : JSON.stringify(value);
}
