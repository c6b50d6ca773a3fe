import type { HostedRequest } from "../handles/hosted-request.ts";

/**
 * `Server-Timing` of an answer: the wait in a batch, the time in the model (or in user code, when nothing more exact is
 * known), and the calls to other deployments. The gateway puts the time in its queue in front.
 */
export function serverTimingOf({ timings, callTimes }: HostedRequest, elapsedMs: number): string {
  let header = "";
  if (timings.batchWaitMs !== undefined) header = `batch;dur=${tenths(timings.batchWaitMs)}${batchNote(timings)}, `;
  header += `model;dur=${tenths(timings.modelMs ?? elapsedMs)}`;
  if (callTimes === undefined) return header;
  for (const { name, ms } of callTimes) header += `, call;dur=${tenths(ms)};desc="${quotable(name)}"`;
  return header;
}

function batchNote({ batchSize, batchLimit, batchReason }: HostedRequest["timings"]): string {
  if (batchSize === undefined) return "";
  const size = batchLimit === undefined ? String(batchSize) : `${batchSize} of ${batchLimit}`;
  return `;desc="${quotable(batchReason === undefined ? size : `${size}, ${batchReason}`)}"`;
}

/** Much faster than `toFixed`, and as exact as anybody reads it. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function quotable(text: string): string {
  return /["\\\r\n]/.test(text) ? text.replaceAll(/["\\\r\n]/g, "'") : text;
}
