"use client";

import { useEffect, useMemo, useState } from "react";
import type { TrafficView } from "@sluice/contracts";
import { sameSplit } from "./weights.ts";
import type { Weight } from "./weights.ts";

/** The split in force, in the terms of the sliders. */
export function splitOf(traffic: TrafficView): Weight[] {
  const variants = traffic.wanted ?? traffic.effective;
  return variants
    .map((variant) => ({ revision: variant.revision, tenths: Math.round(variant.weight * 10), locked: false }))
    .sort((left, right) => left.revision - right.revision);
}

/** Moves stay here until Apply. While nothing is moved, the draft follows what the server says. */
export function useSplitDraft(traffic: TrafficView) {
  const wanted = useMemo(() => splitOf(traffic), [traffic]);
  const [draft, setDraft] = useState<readonly Weight[] | null>(null);
  const weights = draft ?? wanted;
  const changed = draft !== null && !sameSplit(draft, wanted);

  useEffect(() => {
    // Applied, by us or by someone else with the same wish: nothing is left to apply.
    setDraft((current) =>
      current !== null && sameSplit(current, wanted) && current.length === wanted.length ? null : current,
    );
  }, [wanted]);

  return {
    weights,
    wanted,
    changed,
    setDraft: (next: readonly Weight[]) => setDraft(next),
    reset: () => setDraft(null),
  };
}
