"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { destinations } from "./navigation.ts";

export interface ShortcutActions {
  readonly openPalette: () => void;
  readonly openHelp: () => void;
}

/** A second key counts for this long after `g`. */
const sequenceMs = 1200;

/** True where a single letter is text: letters do nothing else there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

/** ⌘K, ?, /, c and `g` followed by the letter of a page. */
export function useShortcuts({ openPalette, openHelp }: ShortcutActions): void {
  const router = useRouter();
  const goAtMs = useRef(0);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector("[role=dialog]") !== null) return;
      const isSecond = Date.now() - goAtMs.current < sequenceMs;
      goAtMs.current = 0;
      const destination = isSecond ? destinations.find((item) => item.key === event.key) : undefined;
      if (destination !== undefined) {
        event.preventDefault();
        router.push(destination.href);
      } else if (event.key === "g") {
        goAtMs.current = Date.now();
      } else if (event.key === "?") {
        openHelp();
      } else if (event.key === "c") {
        event.preventDefault();
        router.push("/applications/new");
      } else if (event.key === "/") {
        const filter = document.querySelector<HTMLInputElement>("input[data-page-filter]");
        if (filter !== null) {
          event.preventDefault();
          filter.focus();
        }
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [router, openPalette, openHelp]);
}
