import { appendFile, open, readFile, stat, writeFile } from "node:fs/promises";
import { logStreams, parsePoints, writePoint } from "./log-points.ts";
import type { LogPoint, LogStream, PerStream } from "./log-points.ts";
import { keptLogFiles, rotateLog } from "./rotate-log.ts";

export interface MemberLogPaths extends PerStream<string> {
  readonly points: string;
}

export interface LogPiece {
  /** Where it begins: later than asked where that was rotated away. */
  readonly position: number;
  readonly bytes: Buffer;
}

interface Part {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const maxPointsBytes = 256 * 1024;

/** The rotated outputs of one member by position. What it does to them happens one after the other. */
export class MemberLogs {
  readonly #paths: MemberLogPaths;
  readonly #limitBytes: number;
  #busy: Promise<unknown> = Promise.resolve();
  #bases: Record<LogStream, number> | undefined;
  #last: LogPoint | undefined;
  #pointsBytes = 0;

  constructor(paths: MemberLogPaths, limitBytes: number) {
    this.#paths = paths;
    this.#limitBytes = limitBytes;
  }

  /** Rotates what is long enough and remembers how much had been written by now. */
  tend(nowMs: number): Promise<void> {
    return this.#alone(async () => {
      const bases = await this.#load();
      for (const stream of logStreams) {
        await this.#adjustToCut(stream);
        if (!(await rotateLog(this.#paths[stream], this.#limitBytes))) continue;
        bases[stream] += await sizeOf(`${this.#paths[stream]}.1`);
      }
      await this.#note(nowMs);
    });
  }

  points(): Promise<LogPoint[]> {
    return this.#alone(async () => parsePoints(await readText(this.#paths.points)));
  }

  /** How much has been written by now. */
  ends(): Promise<PerStream<number>> {
    return this.#alone(async () => {
      await this.#load();
      for (const stream of logStreams) await this.#adjustToCut(stream);
      return this.#ends();
    });
  }

  /** Position of the oldest byte that is kept. */
  starts(): Promise<PerStream<number>> {
    return this.#alone(async () => ({
      stdout: (await this.#parts("stdout")).at(-1)?.start ?? 0,
      stderr: (await this.#parts("stderr")).at(-1)?.start ?? 0,
    }));
  }

  /** What lies at a position, at most `maxBytes` and not beyond `end`; empty where there is nothing. */
  read(stream: LogStream, from: number, end: number, maxBytes: number): Promise<LogPiece> {
    return this.#alone(async () => {
      const parts = await this.#parts(stream);
      const position = Math.max(from, parts.at(-1)?.start ?? 0);
      const part = parts.find(({ start, end: partEnd }) => position >= start && position < partEnd);
      const length = Math.min(maxBytes, end - position, (part?.end ?? position) - position);
      if (part === undefined || length <= 0) return { position, bytes: Buffer.alloc(0) };
      return { position, bytes: await readBytes(part.path, position - part.start, length) };
    });
  }

  #alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }

  /** Position of the file that is written to, as an earlier life of the agent left it. */
  async #load(): Promise<Record<LogStream, number>> {
    if (this.#bases !== undefined) return this.#bases;
    const text = await readText(this.#paths.points);
    this.#pointsBytes = text.length;
    this.#last = parsePoints(text).at(-1);
    return (this.#bases = { stdout: 0, stderr: 0, ...this.#last?.bases });
  }

  /** Shorter than it was: cut by a rotation whose note was lost, or by somebody else. Positions only ever grow. */
  async #adjustToCut(stream: LogStream): Promise<void> {
    const bases = await this.#load();
    const known = this.#last?.ends[stream] ?? 0;
    if (bases[stream] + (await sizeOf(this.#paths[stream])) < known) bases[stream] = known;
  }

  async #ends(): Promise<PerStream<number>> {
    const bases = await this.#load();
    return {
      stdout: bases.stdout + (await sizeOf(this.#paths.stdout)),
      stderr: bases.stderr + (await sizeOf(this.#paths.stderr)),
    };
  }

  async #note(atMs: number): Promise<void> {
    const point: LogPoint = { atMs, ends: await this.#ends(), bases: { ...(await this.#load()) } };
    const isNew = logStreams.some(
      (stream) =>
        point.ends[stream] !== (this.#last?.ends[stream] ?? 0) ||
        point.bases[stream] !== (this.#last?.bases[stream] ?? 0),
    );
    if (!isNew) return;
    this.#last = point;
    const line = writePoint(point);
    this.#pointsBytes += line.length;
    if (this.#pointsBytes <= maxPointsBytes) return appendFile(this.#paths.points, line, { mode: 0o600 });
    // The older half is of bytes that were rotated away long ago, or is missed least.
    const kept = parsePoints(await readText(this.#paths.points));
    const text = [...kept.slice(Math.ceil(kept.length / 2)), point].map(writePoint).join("");
    this.#pointsBytes = text.length;
    await writeFile(this.#paths.points, text, { mode: 0o600 });
  }

  /** The files of an output, newest first. */
  async #parts(stream: LogStream): Promise<Part[]> {
    const bases = await this.#load();
    const path = this.#paths[stream];
    const parts: Part[] = [{ path, start: bases[stream], end: bases[stream] + (await sizeOf(path)) }];
    for (let number = 1, end = bases[stream]; number <= keptLogFiles; number += 1) {
      const older = `${path}.${number}`;
      const start = Math.max(0, end - (await sizeOf(older)));
      if (start === end) break;
      parts.push({ path: older, start, end });
      end = start;
    }
    return parts;
  }
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
}

async function readBytes(path: string, at: number, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
