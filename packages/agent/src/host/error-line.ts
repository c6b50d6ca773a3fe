import { open } from "node:fs/promises";

const tailBytes = 16 * 1024;
const maxLineLength = 500;

/** The line of a stderr file that says best why its process ended; null when there is none. */
export async function readErrorLine(path: string): Promise<string | null> {
  const file = await open(path).catch(() => null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.min(size, tailBytes)),
      0,
      Math.min(size, tailBytes),
      start,
    );
    return pickErrorLine(buffer.toString("utf8", 0, bytesRead));
  } finally {
    await file.close();
  }
}

/**
 * Node ends a crash with a stack, the error's properties and its own version; the message is above them. So: the last line
 * that looks like an error, else the last line with any text.
 */
export function pickErrorLine(text: string): string | null {
  const lines = text
    .split("\n")
    .map((line) => line.trim())
    .filter(
      (line) => line !== "" && !/^Node\.js v\d/.test(line) && !/^at\s/.test(line) && !/^[{}[\]^~]+,?$/.test(line),
    );
  const line =
    lines.findLast((candidate) => /^(Uncaught )?([A-Z]\w*)?(Error|Exception)\b.*:/.test(candidate)) ?? lines.at(-1);
  return line === undefined ? null : line.slice(0, maxLineLength);
}
