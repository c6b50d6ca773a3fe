"use client";

import { Toaster as Sonner } from "sonner";

/** Short answers to an action that leaves no trace on the page itself. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-[340px] items-center gap-3 rounded-card border border-line-strong bg-panel px-3.5 py-2.5 text-sm text-text",
          description: "text-xs text-dim",
          actionButton:
            "ml-auto h-6 shrink-0 rounded-control border border-line px-2 text-xs font-medium hover:bg-raise",
        },
      }}
    />
  );
}
