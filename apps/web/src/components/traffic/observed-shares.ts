import type { MetricAnswer } from "@sluice/contracts";

export interface ObservedShare {
  readonly revision: number;
  readonly requests: number;
  /** 0..100 */
  readonly share: number;
}

/**
 * Shares of requests by revision over a range, from counts and not from averages of rates. Empty = no request. Requests that
 * were refused before a revision was chosen (revision 0) are in no share.
 */
export function observedShares(answer: MetricAnswer | undefined): ObservedShare[] {
  const totals = (answer?.totals ?? [])
    .filter((total) => total.metric === "throughput" && total.labels["revision"] !== undefined)
    .map((total) => ({ revision: Number(total.labels["revision"]), requests: total.count }))
    .filter((total) => total.revision > 0);
  const sum = totals.reduce((left, total) => left + total.requests, 0);
  if (sum === 0) return [];
  return totals
    .map((total) => ({ ...total, share: (total.requests / sum) * 100 }))
    .sort((left, right) => left.revision - right.revision);
}
