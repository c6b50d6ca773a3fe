/** Something happens while safe requests arrive: how many were sent, how many failed, how long it took. */
import { startSteadyLoad, type SteadyLoadOptions, type SteadyLoadResult } from "../load/steady-load.ts";
import type { Figure } from "../proof.ts";
import { percentile } from "../statistics.ts";

export type Log = (line: string) => void;

export interface Outcome {
  /** Times and other facts, in words. */
  readonly facts: readonly string[];
  /** Printed where it happens, not in the table. */
  readonly evidence?: string;
  /** What must hold beside the requests, each in words; false = missed. */
  readonly checks?: Readonly<Record<string, boolean>>;
  /** Requests sent before this time of `Date.now()` may fail. */
  readonly forgivenUntilMs?: number;
}

export interface EventRow {
  readonly event: string;
  readonly sent: number;
  readonly failed: number;
  /** Of the failed ones, those that may. */
  readonly forgiven: number;
  readonly longestMs: number;
  readonly facts: readonly string[];
  readonly holds: boolean;
}

export interface HappeningOptions {
  readonly event: string;
  readonly load: SteadyLoadOptions;
  readonly log: Log;
  /** What happens; ends when all is as it should be again. */
  readonly happen: () => Promise<Outcome>;
}

export const ratePerSecond = 100;
const marginMs = 2_000;
const shownFailures = 6;

/** An event that breaks (something is not as it should be in time) is a row that misses, and does not stop those after it. */
export async function measureUnderLoad({ event, load, log, happen }: HappeningOptions): Promise<EventRow> {
  log(`--- ${event}`);
  const running = startSteadyLoad(load);
  await pause(marginMs);
  const startMs = Date.now();
  let outcome: Outcome;
  try {
    outcome = await happen();
  } catch (error) {
    outcome = { facts: [`BROKEN: ${error instanceof Error ? error.message : String(error)}`], checks: { done: false } };
  }
  const endMs = Date.now();
  await pause(marginMs);
  const result = await running.stop();
  const row = judge(event, result, outcome);
  for (const fact of outcome.facts) log(`    ${fact}`);
  for (const line of outcome.evidence?.split("\n") ?? []) log(`    | ${line}`);
  for (const [check, holds] of Object.entries(outcome.checks ?? {})) if (!holds) log(`    NOT SO: ${check}`);
  log(
    `    ${((endMs - startMs) / 1000).toFixed(1)} s in all, ${String(row.sent)} sent, ${String(row.failed)} failed, p99 ${percentile(result.latenciesMs, 0.99).toFixed(0)} ms, longest ${row.longestMs.toFixed(0)} ms${result.moved === 0 ? "" : `, ${String(result.moved)} went on to the other address`}`,
  );
  logFailures(result, startMs, log);
  return row;
}

function judge(event: string, result: SteadyLoadResult, { facts, checks = {}, forgivenUntilMs }: Outcome): EventRow {
  const forgiven = result.failed.filter(({ sentAtMs }) => forgivenUntilMs !== undefined && sentAtMs < forgivenUntilMs);
  const isWhole = Object.values(checks).every(Boolean);
  return {
    event,
    sent: result.sent,
    failed: result.failed.length,
    forgiven: forgiven.length,
    longestMs: result.longestMs,
    facts,
    holds: isWhole && result.failed.length === forgiven.length,
  };
}

function logFailures({ failed }: SteadyLoadResult, startMs: number, log: Log): void {
  for (const { url, sentAtMs, failedAtMs, status, reason } of failed.slice(0, shownFailures)) {
    log(
      `    failed: sent ${((sentAtMs - startMs) / 1000).toFixed(2)} s after the event, ended after ${String(failedAtMs - sentAtMs)} ms, ${new URL(url).host}, ${String(status ?? "no answer")} ${reason.slice(0, 400)}`,
    );
  }
  if (failed.length > shownFailures) {
    const last = failed.at(-1);
    log(
      `    ... and ${String(failed.length - shownFailures)} more, the last sent ${(((last?.sentAtMs ?? 0) - startMs) / 1000).toFixed(2)} s after the event`,
    );
  }
}

/** The table, and one figure for each event. */
export function reportRows(rows: readonly EventRow[], log: Log): readonly Figure[] {
  log("");
  log(`${"event".padEnd(46)} ${"sent".padStart(6)} ${"failed".padStart(6)} ${"longest".padStart(8)}  times`);
  for (const { event, sent, failed, forgiven, longestMs, facts, holds } of rows) {
    const marked = forgiven === 0 ? String(failed) : `${String(failed)}*`;
    log(
      `${event.padEnd(46)} ${String(sent).padStart(6)} ${marked.padStart(6)} ${`${longestMs.toFixed(0)} ms`.padStart(8)}  ${holds ? "" : "MISSED  "}${facts.join("; ")}`,
    );
  }
  log("");
  return rows.map(({ event, sent, failed, forgiven, holds }) => ({
    name: `${event}: failed${forgiven === 0 ? "" : " after the first second"}`,
    unit: `of ${String(sent)}`,
    samples: [failed - forgiven],
    target: "0, and what it says done",
    holds,
  }));
}

export async function pause(ms: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, ms));
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
