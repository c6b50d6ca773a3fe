"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useCallback, useMemo } from "react";
import { defaultRange, timeRangeOf } from "@/format/time-range.ts";
import type { TimeRange } from "@/format/time-range.ts";

/** The range of the page, kept in `?range=`, so that a pasted address shows the same. */
export function useTimeRange(): { range: TimeRange; setRange: (text: string) => void } {
  const router = useRouter();
  const pathname = usePathname();
  const parameters = useSearchParams();
  const text = parameters.get("range");
  const range = useMemo(() => timeRangeOf(text), [text]);
  const setRange = useCallback(
    (next: string) => {
      const changed = new URLSearchParams(parameters);
      if (next === defaultRange) changed.delete("range");
      else changed.set("range", next);
      const query = changed.toString();
      router.replace(query === "" ? pathname : `${pathname}?${query}`, { scroll: false });
    },
    [router, pathname, parameters],
  );
  return { range, setRange };
}
