import type { DestinationStream } from "pino";

const hidden = new Set(["level", "time", "pid", "name", "msg", "err", "error"]);

/** Turns pino's JSON lines into `12:00:01 WARN agent: host lost replica=abc`, with stacks on lines of their own. */
export function createPrettyStream(sink: DestinationStream): DestinationStream {
  return { write: (line) => sink.write(prettyLine(line)) };
}

/** One JSON log line as text for people; a line that is not JSON passes unchanged. */
export function prettyLine(line: string): string {
  const fields = parseFields(line);
  if (fields === undefined) return line;
  const time = typeof fields["time"] === "string" ? fields["time"].slice(11, 19) : "";
  const level = textOf(fields["level"]).toUpperCase().padEnd(5);
  const extra = Object.entries(fields)
    .filter(([key]) => !hidden.has(key))
    .map(([key, value]) => ` ${key}=${textOf(value)}`)
    .join("");
  return `${time} ${level} ${textOf(fields["name"])}: ${textOf(fields["msg"])}${extra}${errorText(fields["err"] ?? fields["error"])}\n`;
}

function parseFields(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function errorText(error: unknown): string {
  if (typeof error !== "object" || error === null) return error === undefined ? "" : ` ${textOf(error)}`;
  const { stack, message } = error as { stack?: unknown; message?: unknown };
  return `\n  ${textOf(stack ?? message).replaceAll("\n", "\n  ")}`;
}
