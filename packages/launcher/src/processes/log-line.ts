/** Turns what the processes print into lines for people: a prefix, and JSON log records made short. */

const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "",
  40: "WARN",
  50: "ERROR",
  60: "FATAL",
};

/** Fields every record has, or that the prefix already says. */
const NOISE = new Set(["level", "time", "pid", "hostname", "msg", "name", "process", "v"]);
const PREFIX_WIDTH = 10;

/** `controller │ 12:00:01 WARN node lost node=n1`. Anything that is not a log record is passed through as it is. */
export function renderLine(source: string, line: string): string {
  return `${source.padEnd(PREFIX_WIDTH)} | ${renderRecord(line)}`;
}

function renderRecord(line: string): string {
  const record = parseRecord(line);
  if (record === undefined) return line;
  const time = renderTime(record["time"]);
  const level = LEVELS[Number(record["level"])] ?? "";
  const fields = Object.entries(record)
    .filter(([key]) => !NOISE.has(key))
    .map(([key, value]) => `${key}=${renderValue(value)}`);
  return [time, level, typeof record["msg"] === "string" ? record["msg"] : "", ...fields]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

/** Milliseconds or ISO text -> the local time of day. */
function renderTime(time: unknown): string | undefined {
  if (typeof time !== "number" && typeof time !== "string") return undefined;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date.toTimeString().slice(0, 8);
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "level" in value ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function renderValue(value: unknown): string {
  if (typeof value === "string") return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  // Errors as pino writes them: the stack says all, on lines of its own.
  if (typeof value === "object" && value !== null && "stack" in value && typeof value.stack === "string") {
    return `\n${value.stack.replace(/^/gm, "    ")}`;
  }
  return JSON.stringify(value) ?? "undefined";
}
