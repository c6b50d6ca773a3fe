import type { HeaderPairs } from "@sluice/wire";
import { writeHops } from "../handles/hop.ts";
import type { Hop } from "../handles/hop.ts";
import type { HostedRequest } from "../handles/hosted-request.ts";

/**
 * `Server-Timing` of an answer: the wait in a batch, the time in the model (or in user code, when nothing more exact is
 * known), and the calls to other deployments. The gateway puts the time in its queue in front.
 */
export function serverTimingOf({ timings, hops }: HostedRequest, elapsedMs: number): string {
  let header = "";
  if (timings.batchWaitMs !== undefined) header = `${entry("batch", timings.batchWaitMs, "", batchNote(timings))}, `;
  header += `model;dur=${tenths(timings.modelMs ?? elapsedMs)}`;
  if (hops === undefined) return header;
  for (const { metric, ms, way, note } of hops) header += `, ${entry(metric, ms, way, note)}`;
  return header;
}

/** The same for a call, whose caller puts it beneath the call in its own answer. Empty when there is nothing to tell but the time. */
export function hopsOf({ timings, hops }: HostedRequest): HeaderPairs {
  if (timings.batchWaitMs === undefined && timings.modelMs === undefined)
    return hops === undefined ? none : writeHops(hops);
  const own: Hop[] = [];
  if (timings.batchWaitMs !== undefined)
    own.push({ metric: "batch", ms: timings.batchWaitMs, way: "", note: batchNote(timings) });
  if (timings.modelMs !== undefined) own.push({ metric: "model", ms: timings.modelMs, way: "", note: "" });
  return writeHops(hops === undefined ? own : [...own, ...hops]);
}

const none: HeaderPairs = Object.freeze([]);

function entry(metric: Hop["metric"], ms: number, way: string, note: string): string {
  const timed = `${metric};dur=${tenths(ms)}`;
  const told = way === "" || note === "" ? way + note : `${way}: ${note}`;
  return told === "" ? timed : `${timed};desc="${quotable(told)}"`;
}

function batchNote({ batchSize, batchLimit, batchReason }: HostedRequest["timings"]): string {
  if (batchSize === undefined) return "";
  const size = batchLimit === undefined ? String(batchSize) : `${batchSize} of ${batchLimit}`;
  return batchReason === undefined ? size : `${size}, ${batchReason}`;
}

/** Much faster than `toFixed`, and as exact as anybody reads it. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function quotable(text: string): string {
  return /["\\\r\n]/.test(text) ? text.replaceAll(/["\\\r\n]/g, "'") : text;
}
