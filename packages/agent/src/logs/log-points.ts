/** The outputs of a member, in this order wherever there are two numbers. */
export const logStreams = ["stdout", "stderr"] as const;
export type LogStream = (typeof logStreams)[number];
export type PerStream<Value> = Readonly<Record<LogStream, Value>>;

/**
 * How much had been written at a moment. Positions count from the start of the replica: rotation changes where a byte lies, not
 * its position. Between two points the order of the two outputs is not known.
 */
export interface LogPoint {
  readonly atMs: number;
  readonly ends: PerStream<number>;
  /** Position of the first byte of the file that is written to. */
  readonly bases: PerStream<number>;
}

/** One line of the file of points. */
export function writePoint({ atMs, ends, bases }: LogPoint): string {
  return `${atMs} ${bases.stdout} ${ends.stdout} ${bases.stderr} ${ends.stderr}\n`;
}

/** The whole points of a file, oldest first; a line cut off by a crash is none. */
export function parsePoints(text: string): LogPoint[] {
  return text.split("\n").flatMap((line) => {
    const [atMs, base0, end0, base1, end1, ...rest] = line.split(" ").map(Number);
    if (end1 === undefined || rest.length > 0 || line.split(" ").some((part) => !/^\d+$/.test(part))) return [];
    return [
      {
        atMs: atMs ?? 0,
        bases: { stdout: base0 ?? 0, stderr: base1 ?? 0 },
        ends: { stdout: end0 ?? 0, stderr: end1 },
      },
    ];
  });
}

/** Where to begin for what was written from `sinceMs` on: at the last point before it, for nothing may be missing. */
export function positionsAt(points: readonly LogPoint[], sinceMs: number): PerStream<number> {
  return points.findLast(({ atMs }) => atMs <= sinceMs)?.ends ?? { stdout: 0, stderr: 0 };
}

/** The points that a reader passes on its way from these positions. */
export function pointsAfter(points: readonly LogPoint[], from: PerStream<number>): LogPoint[] {
  return points.filter(({ ends }) => ends.stdout > from.stdout || ends.stderr > from.stderr);
}
