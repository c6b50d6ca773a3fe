/**
 * Closed-loop load over raw sockets: each connection sends its next request when the answer to the last one is complete. It
 * understands just enough HTTP/1.1 (content-length answers) to cost little beside the server under test. Both sides of a
 * comparison are driven by the same generator, so ratios are fair; absolute rates are a lower bound.
 */
import { connect, type Socket } from "node:net";

export interface ClosedLoopOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Answers before this many ms are not counted. */
  readonly warmUpMs: number;
}

export interface ClosedLoopResult {
  readonly requestsPerSecond: number;
  readonly latenciesMs: readonly number[];
  /** Answers that were not 200, and connections that broke. */
  readonly errors: number;
}

const headEnd = Buffer.from("\r\n\r\n");

export async function runClosedLoop(options: ClosedLoopOptions): Promise<ClosedLoopResult> {
  const latenciesMs: number[] = [];
  let errors = 0;
  const start = performance.now();
  const countFrom = start + options.warmUpMs;
  const stopAt = countFrom + options.durationMs;
  const request = Buffer.from(`GET ${options.path} HTTP/1.1\r\nhost: ${options.host}:${String(options.port)}\r\n\r\n`);

  const drive = (): Promise<void> =>
    new Promise((resolve) => {
      const socket: Socket = connect(options.port, options.host);
      let sentAt = 0;
      let received: Buffer = Buffer.alloc(0);
      const send = () => {
        sentAt = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true);
      socket.on("connect", send);
      socket.on("data", (chunk: Buffer) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const complete = completeAnswer(received);
        if (complete === null) return;
        received = Buffer.alloc(0);
        const now = performance.now();
        if (complete !== 200) errors += 1;
        else if (sentAt >= countFrom && now <= stopAt) latenciesMs.push(now - sentAt);
        if (now < stopAt) send();
        else socket.end();
      });
      socket.on("error", () => {
        errors += 1;
        socket.destroy();
      });
      socket.on("close", () => resolve());
    });

  await Promise.all(Array.from({ length: options.connections }, drive));
  return { requestsPerSecond: (latenciesMs.length * 1000) / options.durationMs, latenciesMs, errors };
}

/** Status code once head and body are complete, else null. */
function completeAnswer(received: Buffer): number | null {
  const end = received.indexOf(headEnd);
  if (end < 0) return null;
  const head = received.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined || received.length < end + headEnd.length + Number(length)) return null;
  return Number(head.slice(9, 12));
}
