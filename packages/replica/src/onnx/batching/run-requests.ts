import { SluiceError } from "@sluice/contracts";
import type { BatchFacts, RequestTimings } from "@sluice/sdk/host";
import type { Tensor } from "../tensor.ts";
import type { RunResult } from "../worker-messages.ts";
import { joinRows, splitRows } from "./rows.ts";

/** Who asks. */
export interface Asker {
  /** Asked before the run: what nobody waits for is not computed. */
  readonly isWanted: () => boolean;
  readonly timings: RequestTimings | undefined;
}

/** A request for the model, until it is settled. */
export interface ModelRequest {
  readonly inputs: readonly Tensor[];
  readonly rows: number;
  readonly asker: Asker;
  readonly resolve: (outputs: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
}

export type RunModel = (inputs: readonly Tensor[]) => Promise<RunResult>;

/**
 * Runs some requests as one batch and settles each of them. Answers true when the model gave back another number of rows
 * than it got; then every request was run by itself, as it is when the batch failed.
 */
export async function runRequests(
  requests: readonly ModelRequest[],
  facts: BatchFacts,
  run: RunModel,
): Promise<boolean> {
  requests.forEach(({ asker: { timings } }, index) => noteWait(timings, facts, index));
  const wanted = requests.filter(({ asker }) => asker.isWanted());
  if (wanted.length < requests.length) {
    for (const request of requests) if (!wanted.includes(request)) request.reject(goneError());
  }
  if (wanted.length > 1) return runTogether(wanted, run);
  await runEach(wanted, run);
  return false;
}

async function runTogether(requests: readonly ModelRequest[], run: RunModel): Promise<boolean> {
  let result: RunResult;
  try {
    result = await run(joinRows(requests.map(({ inputs }) => inputs)));
  } catch {
    // One bad request must not fail its neighbours. Inputs were copied into the batch, so they are still here.
    await runEach(requests, run);
    return false;
  }
  const rowCounts = requests.map(({ rows }) => rows);
  const parts = splitRows(result.outputs, rowCounts);
  if (parts === undefined) {
    await runEach(requests, run);
    return true;
  }
  requests.forEach(({ asker: { timings }, resolve }, index) => {
    if (timings !== undefined) timings.modelMs = result.tookMs;
    resolve(parts[index] ?? []);
  });
  return false;
}

async function runEach(requests: readonly ModelRequest[], run: RunModel): Promise<void> {
  for (const { inputs, asker, resolve, reject } of requests) {
    try {
      const { outputs, tookMs } = await run(joinRows([inputs]));
      if (asker.timings !== undefined) asker.timings.modelMs = tookMs;
      resolve(outputs);
    } catch (error) {
      reject(error);
    }
  }
}

function noteWait(timings: RequestTimings | undefined, facts: BatchFacts, index: number): void {
  if (timings === undefined) return;
  timings.batchWaitMs = facts.waitsMs[index] ?? 0;
  timings.batchSize = facts.size;
  timings.batchLimit = facts.limit;
  timings.batchReason = facts.reason;
}

export function goneError(): SluiceError {
  return new SluiceError({ code: "client/closed", publicMessage: "Nobody waits for the answer any more." });
}
