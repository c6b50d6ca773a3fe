import { writeSync } from "node:fs";

/** Everything up to the end of standard input. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Sends what anything in this process prints to stderr, and answers the one writer that still reaches stdout.
 * Standard output is the answer; a `console.log` at module level must not break it.
 */
export function keepStdoutClean(): (text: string, done: () => void) => void {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    writeSync(2, typeof chunk === "string" ? Buffer.from(chunk) : chunk);
    const done = typeof encoding === "function" ? encoding : callback;
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  return (text, done) => void write(text, () => done());
}
