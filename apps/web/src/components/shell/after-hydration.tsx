"use client";

import { useSyncExternalStore } from "react";
import type { ReactNode } from "react";

const never = (): (() => void) => () => undefined;

/**
 * Draws its children only once the page has hydrated. The server knows no data, and parts of a page hydrate at different
 * times: without this, a part that hydrates after an answer has come would differ from what the server sent.
 */
export function AfterHydration({ fallback, children }: { fallback: ReactNode; children: ReactNode }) {
  const isHydrated = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return isHydrated ? children : fallback;
}
