"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { createContext, useContext, useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useTRPC } from "./trpc.ts";

export interface LiveState {
  /** The stream of changes is up: data on screen is at most seconds old. */
  readonly connected: boolean;
  /** When the stream was last heard, in epoch ms; null before the first time. */
  readonly heardAtMs: number | null;
}

const LiveContext = createContext<LiveState>({ connected: false, heardAtMs: null });

/** Milliseconds between polls while the stream is down, and for metrics, which move all the time. */
export const pollMs = 2000;
/** With the stream up, lists are still asked for now and then: the poll is the truth, the stream only wakes it. */
const restingPollMs = 10_000;

/** Subscribes to changes and refreshes what they touch. The stream reconnects by itself. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [state, setState] = useState<LiveState>({ connected: false, heardAtMs: null });

  const subscription = useSubscription(
    trpc.live.changes.subscriptionOptions(undefined, {
      onStarted: () => setState({ connected: true, heardAtMs: Date.now() }),
      onData: () => {
        setState({ connected: true, heardAtMs: Date.now() });
        for (const name of changingQueries) void queryClient.invalidateQueries({ queryKey: [[name]] });
      },
    }),
  );

  // "pending" is a stream that is open; "connecting" one that was lost or not yet made.
  const isOpen = subscription.status === "pending";
  useEffect(() => {
    setState((previous) => ({ connected: isOpen, heardAtMs: isOpen ? Date.now() : previous.heardAtMs }));
  }, [isOpen]);

  return <LiveContext value={state}>{children}</LiveContext>;
}

/** First path elements of the procedures whose answers a status change can alter. */
const changingQueries = ["applications", "deployments", "replicas", "nodes", "gateways", "events", "system"];

export function useLive(): LiveState {
  return useContext(LiveContext);
}

/** How often a list is asked for: rarely while the stream wakes it, every 2 s without. */
export function usePollMs(): number {
  return useLive().connected ? restingPollMs : pollMs;
}
