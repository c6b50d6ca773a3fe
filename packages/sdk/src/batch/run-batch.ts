import type { BatchCall, StreamCall } from "./batch-call.ts";
import { columnsOf } from "./columns.ts";
import { itemEnd } from "./item-end.ts";
import { errorOf, settleResults } from "./settle-results.ts";

/** The user's function with its `this` and name, taking columns. */
export interface BatchTarget {
  readonly name: string;
  readonly enter: (columns: readonly unknown[][]) => unknown;
}

/** Runs the function on a batch and answers each call. Rejects, after having told the calls, when the function failed. */
export async function runPlain(target: BatchTarget, calls: readonly BatchCall[]): Promise<void> {
  try {
    const results = await target.enter(columnsOf(calls.map(({ args }) => args)));
    if (!giveEach(target, calls, results)) throw new Error("no usable results");
  } catch (thrown) {
    failAll(calls, errorOf(thrown));
    throw thrown;
  }
}

/** Pulls the generator until it ends or nobody reads any more; `whenRoom` waits while a reader is far behind. */
export async function runStreaming(
  target: BatchTarget,
  calls: readonly StreamCall[],
  whenRoom: () => Promise<void>,
): Promise<void> {
  try {
    const parts = target.enter(columnsOf(calls.map(({ args }) => args))) as AsyncIterable<unknown>;
    for await (const results of parts) {
      if (!giveEach(target, calls, results)) throw new Error("no usable results");
      if (calls.every((call) => call.isSettled())) return;
      while (calls.some(({ channel }) => channel.isFull)) await whenRoom();
    }
    for (const call of calls) call.end();
  } catch (thrown) {
    failAll(calls, errorOf(thrown));
    throw thrown;
  }
}

/** False when the results fit nobody; everybody was told then. */
function giveEach(target: BatchTarget, calls: readonly BatchCall[], results: unknown): boolean {
  const batch = settleResults(target.name, results, calls.length);
  if (batch.kind === "none") {
    failAll(calls, batch.error);
    return false;
  }
  for (const [at, call] of calls.entries()) {
    const outcome = batch.outcomes[at];
    if (outcome === undefined || call.isSettled()) continue;
    if ("error" in outcome) call.fail(outcome.error);
    else if (outcome.value === itemEnd) call.end();
    else call.give(outcome.value);
  }
  return true;
}

function failAll(calls: readonly BatchCall[], error: Error): void {
  for (const call of calls) if (!call.isSettled()) call.fail(error);
}
