"use client";

import { useEffect, useState } from "react";

/** The wall clock, moved on every `everyMs`; for ages on screen. 0 until the page runs in the browser. */
export function useNow(everyMs = 1000): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
