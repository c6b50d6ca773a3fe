import type { HeaderPairs } from "@sluice/wire";

/** Where a part of a request's time went: an entry of `Server-Timing`. */
export interface Hop {
  readonly metric: "batch" | "model" | "call";
  readonly ms: number;
  /** From the deployment that tells it: `Sentiment.classify > SentimentModel.predict`; "" for its own batch and model. */
  readonly way: string;
  /** Of a batch its size, and why it left. */
  readonly note: string;
}

/** Header of a call's result, once for each hop beneath it: `metric;milliseconds;way;note`. */
const hopHeader = "sluice-hop";
const noHops: readonly Hop[] = Object.freeze([]);
const hopPattern = /^(batch|model|call);(\d+(?:\.\d+)?);([^;]*);(.*)$/s;

/** Header pairs that tell a caller where the time of its call went. */
export function writeHops(hops: readonly Hop[]): HeaderPairs {
  return hops.flatMap(({ metric, ms, way, note }) => [hopHeader, `${metric};${ms.toFixed(2)};${way};${note}`]);
}

/** What a result tells of the hops beneath a call, as its caller sees them. What is no hop is left out. */
export function readHops(headers: HeaderPairs, callName: string): readonly Hop[] {
  if (headers.length === 0) return noHops;
  const hops: Hop[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headers[at] !== hopHeader) continue;
    const [, metric, ms, way = "", note = ""] = hopPattern.exec(headers[at + 1] ?? "") ?? [];
    if (metric !== "batch" && metric !== "model" && metric !== "call") continue;
    hops.push({ metric, ms: Number(ms), way: way === "" ? callName : `${callName} > ${way}`, note });
  }
  return hops;
}
