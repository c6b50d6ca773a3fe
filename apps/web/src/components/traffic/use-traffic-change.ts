"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ApplicationView } from "@sluice/contracts";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { splitOf } from "./use-split-draft.ts";
import type { Weight } from "./weights.ts";

/** How long a change can be taken back with one click. */
export const undoMs = 30_000;

type Wanted = readonly { readonly revision: number; readonly weight: number }[] | null;

export interface UndoableChange {
  /** What was asked for before; null = the target revision was followed. */
  readonly before: Wanted;
  readonly beforeWeights: readonly Weight[];
  readonly untilMs: number;
}

/** Sends a split, or the wish to follow the target revision, and keeps the way back for a while. */
export function useTrafficChange(application: ApplicationView) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [undoable, setUndoable] = useState<UndoableChange | null>(null);
  const { name, generation, traffic } = application;
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: [["applications"]] });
  const put = useMutation(trpc.applications.putTraffic.mutationOptions({ onSuccess: refresh }));
  const reset = useMutation(trpc.applications.resetTraffic.mutationOptions({ onSuccess: refresh }));

  useEffect(() => {
    if (undoable === null) return;
    const timer = setTimeout(() => setUndoable(null), Math.max(0, undoable.untilMs - Date.now()));
    return () => clearTimeout(timer);
  }, [undoable]);

  const send = async (wanted: Wanted): Promise<void> => {
    const before = { before: traffic.wanted, beforeWeights: splitOf(traffic) };
    put.reset();
    reset.reset();
    if (wanted === null) await reset.mutateAsync({ name, ifGeneration: generation });
    else {
      const variants = wanted.map(({ revision, weight }) => ({ revision, weight }));
      await put.mutateAsync({ name, ifGeneration: generation, variants });
    }
    setUndoable({ ...before, untilMs: Date.now() + undoMs });
  };
  const error = put.error ?? reset.error;
  return {
    /** Resolves to whether it was accepted; a refusal stays in `problem`. */
    change: (wanted: Wanted): Promise<boolean> =>
      send(wanted).then(
        () => true,
        () => false,
      ),
    /** Puts the previous split back. An undone change is not offered for undoing. */
    undo: async (): Promise<void> => {
      if (undoable === null) return;
      await send(undoable.before).then(
        () => setUndoable(null),
        () => undefined,
      );
    },
    undoable,
    busy: put.isPending || reset.isPending,
    problem: error === null ? null : sentenceOf(error),
  };
}
