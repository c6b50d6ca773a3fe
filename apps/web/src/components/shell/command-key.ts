"use client";

import { useSyncExternalStore } from "react";

export type CommandKey = "⌘" | "Ctrl";

/** The key that goes with K and Enter, as it is printed on the keyboard. Both are heard everywhere. Pure. */
export function commandKeyOf(userAgent: string): CommandKey {
  return /Macintosh|iPhone|iPad|iPod/.test(userAgent) ? "⌘" : "Ctrl";
}

/** As one writes it in a row: `⌘K`, `Ctrl K`. */
export function chordOf(commandKey: CommandKey, key: string): string {
  return commandKey === "⌘" ? `⌘${key}` : `Ctrl ${key}`;
}

const never = (): (() => void) => () => undefined;

/** A screen that is touched and has no pointer that hovers: a phone or tablet, whose keyboard has no such key. */
const touchOnly = "(hover: none) and (pointer: coarse)";

/** Null on the server, while the page hydrates and on a touch screen: only the browser knows its keyboard. */
export function useCommandKey(): CommandKey | null {
  return useSyncExternalStore(
    never,
    () => (window.matchMedia(touchOnly).matches ? null : commandKeyOf(window.navigator.userAgent)),
    () => null,
  );
}
