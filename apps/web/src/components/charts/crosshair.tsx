"use client";

import { createContext, useContext, useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";

/** The instant under the pointer, shared by all charts of a page without re-rendering them. */
export interface CrosshairStore {
  readonly get: () => number | null;
  readonly set: (atMs: number | null) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

function createCrosshairStore(): CrosshairStore {
  let current: number | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (atMs) => {
      if (atMs === current) return;
      current = atMs;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const CrosshairContext = createContext<CrosshairStore>(createCrosshairStore());

export function CrosshairProvider({ children }: { children: ReactNode }) {
  const [store] = useState(createCrosshairStore);
  return <CrosshairContext value={store}>{children}</CrosshairContext>;
}

export function useCrosshairStore(): CrosshairStore {
  return useContext(CrosshairContext);
}

export function useCrosshair(): number | null {
  const store = useCrosshairStore();
  return useSyncExternalStore(store.subscribe, store.get, () => null);
}
