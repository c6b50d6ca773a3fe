/**
 * Open-loop load: requests leave at Poisson times that do not depend on answers, so a stall of the server is not hidden by
 * waiting ("coordinated omission"). A latency counts from when the request was handed to its socket pool; how much later than
 * due that was is this generator's own fault and is told apart, as lateness.
 */
import { Pool } from "undici";

export interface OpenLoopOptions {
  readonly url: string;
  readonly ratePerSecond: number;
  readonly requests: number;
  readonly random: () => number;
  /** Upper bound of sockets; more requests than that in flight wait for one, which counts as latency. */
  readonly connections: number;
}

export interface LoadResult {
  readonly latenciesMs: readonly number[];
  /** Milliseconds between when a request was due and when it left. */
  readonly latenessMs: readonly number[];
  readonly statusCounts: ReadonlyMap<number, number>;
  /** Requests that ended without an answer. */
  readonly broken: readonly string[];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export async function runOpenLoop(options: OpenLoopOptions): Promise<LoadResult> {
  const url = new URL(options.url);
  const pool = new Pool(url.origin, { connections: options.connections, pipelining: 1 });
  const latenciesMs: number[] = [];
  const latenessMs: number[] = [];
  const statusCounts = new Map<number, number>();
  const broken: string[] = [];
  const startedAtMs = Date.now();
  const start = performance.now();
  const pending: Promise<void>[] = [];
  let dueMs = 0;
  for (let sent = 0; sent < options.requests; sent += 1) {
    dueMs += (-Math.log(1 - options.random()) * 1000) / options.ratePerSecond;
    const aheadMs = dueMs - (performance.now() - start);
    if (aheadMs > 1) await new Promise<void>((resolve) => setTimeout(resolve, aheadMs));
    const leftAt = performance.now();
    latenessMs.push(leftAt - (start + dueMs));
    pending.push(
      pool
        .request({ path: url.pathname + url.search, method: "GET" })
        .then(async (answer) => {
          await answer.body.dump();
          latenciesMs.push(performance.now() - leftAt);
          statusCounts.set(answer.statusCode, (statusCounts.get(answer.statusCode) ?? 0) + 1);
        })
        .catch((error: unknown) => {
          broken.push(error instanceof Error ? error.message : String(error));
        }),
    );
  }
  await Promise.all(pending);
  const endedAtMs = Date.now();
  await pool.close();
  return { latenciesMs, latenessMs, statusCounts, broken, startedAtMs, endedAtMs };
}
