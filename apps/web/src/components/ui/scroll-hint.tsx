"use client";

import { ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import { judgeScroll } from "./scroll-state.ts";
import type { ScrollState } from "./scroll-state.ts";

/**
 * Content that may be wider than its card: scrolls sideways, and says so with a fade and an arrow at the edge behind which
 * there is more.
 */
export function ScrollHint({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<ScrollState>({ overflows: false, scrolled: false, more: false });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = (): void => {
      const next = judgeScroll(element);
      setState((last) =>
        last.overflows === next.overflows && last.scrolled === next.scrolled && last.more === next.more ? last : next,
      );
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  return (
    <div className="relative overflow-hidden rounded-b-card">
      {/* Relative: words for screen readers are placed absolutely and would widen the page instead of this box. */}
      <div
        ref={box}
        className="scroll-x relative overflow-x-auto focus-visible:outline-offset-[-2px]"
        role="region"
        aria-label={label}
        tabIndex={0}
        data-overflows={state.overflows || undefined}
        data-scrolled={state.scrolled || undefined}
      >
        {children}
      </div>
      {state.more && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-0 z-10 flex w-12 items-center justify-end rounded-r-card bg-linear-to-l from-panel from-35% to-transparent"
        >
          <ChevronRight className="mr-0.5 size-4 text-dim" />
        </span>
      )}
    </div>
  );
}
