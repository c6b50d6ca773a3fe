/**
 * Closed-loop load by wrk (Debian package): each connection sends its next request when the answer to the last one is complete.
 * wrk because it is not what is measured: C on epoll, one thread sends more than 100,000 requests a second, while every side
 * here stays below that on two cores, and the request is formatted once. Autocannon and k6 cost more CPU than some of the sides.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { request as httpRequest } from "undici";
import { z } from "zod";
import type { RequestTemplate } from "../peers/peer.ts";

const run = promisify(execFile);
const script = join(import.meta.dirname, "wrk.lua");

const Result = z.object({
  requests: z.number(),
  durationUs: z.number(),
  bytes: z.number(),
  p50Us: z.number(),
  p90Us: z.number(),
  p99Us: z.number(),
  maxUs: z.number(),
  connect: z.number(),
  read: z.number(),
  write: z.number(),
  status: z.number(),
  timeout: z.number(),
});

export interface WrkResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers of 400 and above, broken and refused connections, and requests without an answer within 60 s; 1 when nothing was answered. */
  readonly errors: number;
}

export interface WrkOptions {
  readonly connections: number;
  readonly seconds: number;
}

export async function runWrk(request: RequestTemplate, options: WrkOptions): Promise<WrkResult> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-wrk-"));
  try {
    const bodyFile = join(folder, "body");
    if (request.body !== undefined) await writeFile(bodyFile, request.body);
    const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
    const { stdout } = await run("wrk", [
      "--threads=1",
      `--connections=${String(options.connections)}`,
      `--duration=${String(options.seconds)}s`,
      "--timeout=60s",
      `--script=${script}`,
      request.url,
      "--",
      request.method,
      request.body === undefined ? "-" : bodyFile,
      ...headers,
    ]);
    return readResult(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readResult(output: string): WrkResult {
  const line = /^result (.+)$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk said nothing that can be read:\n${output}`);
  const result = Result.parse(JSON.parse(line));
  return {
    requests: result.requests,
    requestsPerSecond: (result.requests * 1e6) / result.durationUs,
    p50Ms: result.p50Us / 1000,
    p90Ms: result.p90Us / 1000,
    p99Ms: result.p99Us / 1000,
    maxMs: result.maxUs / 1000,
    errors:
      result.connect + result.read + result.write + result.status + result.timeout + (result.requests === 0 ? 1 : 0),
  };
}

/** One request, answered: a side that still works off what an earlier load left behind is not measured yet. */
export async function waitUntilIdle({ url, method, headers, body }: RequestTemplate): Promise<void> {
  const answer = await httpRequest(url, { method, headers: { ...headers }, body: body ?? null });
  await answer.body.dump({ limit: Number.MAX_SAFE_INTEGER });
}

/** A plain GET. */
export function get(url: string): RequestTemplate {
  return { url, method: "GET", headers: {}, body: undefined };
}
