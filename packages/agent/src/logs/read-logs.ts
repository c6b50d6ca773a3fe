import { setTimeout as sleep } from "node:timers/promises";
import { LineJoiner } from "./line-joiner.ts";
import { logStreams, pointsAfter, positionsAt } from "./log-points.ts";
import type { LogPoint, LogStream, PerStream } from "./log-points.ts";
import type { MemberLogs } from "./member-logs.ts";

export interface LogRequest {
  readonly stream: LogStream | "both";
  readonly sinceMs: number | null;
  readonly tailBytes: number | null;
  readonly follow: boolean;
}

export interface ReadLogsPorts {
  readonly logs: MemberLogs;
  /** Whether more may be written. */
  readonly isRunning: () => boolean;
  readonly signal: AbortSignal;
  readonly pollMs?: number;
}

/** Read at a time, and kept of a line without an end: what is given out at once is at most twice as long. */
const pieceBytes = 32 * 1024;
const defaultPollMs = 250;

/**
 * The output of a member as text, in pieces of at most 64 KiB that end with a line: what is kept of it, then, when it is followed,
 * what is written, through rotation, until the member has ended or nobody listens.
 */
export async function* readLogs(request: LogRequest, ports: ReadLogsPorts): AsyncGenerator<string> {
  const { logs, isRunning, signal, pollMs = defaultPollMs } = ports;
  const streams = request.stream === "both" ? logStreams : [request.stream];
  const reader = new Reader(logs, streams);
  const [points, starts, ends] = [await logs.points(), await logs.starts(), await logs.ends()];
  reader.startAt(latest(starts, request.sinceMs === null ? starts : positionsAt(points, request.sinceMs)));
  reader.keepLast(request.tailBytes, ends);
  for (const stop of [...pointsAfter(points, reader.positions), { ends } satisfies Pick<LogPoint, "ends">]) {
    yield* reader.readTo(earliest(stop.ends, ends), signal);
  }
  while (request.follow && !signal.aborted) {
    // Asked before it is read for the last time: nothing comes after that.
    const isLast = !isRunning();
    yield* reader.readTo(await logs.ends(), signal);
    if (isLast) break;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
  if (!signal.aborted) yield* reader.rest();
}

class Reader {
  readonly #logs: MemberLogs;
  readonly #streams: readonly LogStream[];
  readonly #joiners = { stdout: new LineJoiner(pieceBytes), stderr: new LineJoiner(pieceBytes) };
  #positions: Record<LogStream, number> = { stdout: 0, stderr: 0 };
  /** Bytes to leave out before anything is told, and then the rest of a line. */
  #skipBytes = 0;
  #isMidLine = false;

  constructor(logs: MemberLogs, streams: readonly LogStream[]) {
    this.#logs = logs;
    this.#streams = streams;
  }

  get positions(): PerStream<number> {
    return this.#positions;
  }

  startAt(positions: PerStream<number>): void {
    this.#positions = { ...positions };
  }

  keepLast(tailBytes: number | null, ends: PerStream<number>): void {
    if (tailBytes === null) return;
    const total = this.#streams.reduce((sum, stream) => sum + Math.max(0, ends[stream] - this.#positions[stream]), 0);
    this.#skipBytes = Math.max(0, total - tailBytes);
  }

  async *readTo(ends: PerStream<number>, signal: AbortSignal): AsyncGenerator<string> {
    for (const stream of this.#streams) {
      while (this.#positions[stream] < ends[stream] && !signal.aborted) {
        const skipped = this.#skip(stream, ends[stream]);
        if (skipped) continue;
        const from = this.#positions[stream];
        const { position, bytes } = await this.#logs.read(stream, from, ends[stream], pieceBytes);
        if (bytes.length === 0) {
          this.#positions[stream] = ends[stream];
          break;
        }
        this.#positions[stream] = position + bytes.length;
        const lost = position > from ? `[${position - from} bytes were rotated away before they could be read]\n` : "";
        const text = lost + this.#joiners[stream].push(this.#dropHalfLine(bytes));
        if (text !== "") yield text;
      }
    }
  }

  *rest(): Generator<string> {
    for (const stream of this.#streams) {
      const text = this.#joiners[stream].end();
      if (text !== "") yield text;
    }
  }

  /** Leaves out what is before the tail without reading it. */
  #skip(stream: LogStream, end: number): boolean {
    if (this.#skipBytes === 0) return false;
    const bytes = Math.min(this.#skipBytes, end - this.#positions[stream]);
    this.#positions[stream] += bytes;
    this.#skipBytes -= bytes;
    this.#isMidLine = this.#skipBytes === 0 && this.#positions[stream] < end;
    return true;
  }

  #dropHalfLine(bytes: Buffer): Buffer {
    if (!this.#isMidLine) return bytes;
    const end = bytes.indexOf(0x0a);
    if (end >= 0) this.#isMidLine = false;
    return bytes.subarray(end < 0 ? bytes.length : end + 1);
  }
}

function latest(one: PerStream<number>, other: PerStream<number>): PerStream<number> {
  return { stdout: Math.max(one.stdout, other.stdout), stderr: Math.max(one.stderr, other.stderr) };
}

function earliest(one: PerStream<number>, other: PerStream<number>): PerStream<number> {
  return { stdout: Math.min(one.stdout, other.stdout), stderr: Math.min(one.stderr, other.stderr) };
}
