import type { ReactNode } from "react";
import { StateMark } from "./state-mark.tsx";
import type { Tone } from "./state-mark.tsx";
import { cn } from "./cn.ts";

const edge: Readonly<Record<Tone, string>> = {
  ok: "border-ok/40",
  busy: "border-accent/40",
  warn: "border-warn/50",
  bad: "border-bad/50",
  gone: "border-line-strong",
};

/** One sentence across the page about its state, with a way out at the right. */
export function Banner({
  tone,
  children,
  action,
  className,
}: {
  tone: Tone;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}) {
  return (
    <div
      role={tone === "bad" ? "alert" : "status"}
      className={cn(
        "flex min-w-0 animate-appear flex-wrap items-baseline gap-x-2.5 gap-y-2 rounded-card border bg-panel px-3.5 py-2.5",
        edge[tone],
        className,
      )}
    >
      <StateMark tone={tone} className="translate-y-px" />
      <div className="min-w-0 flex-1 wrap-anywhere">{children}</div>
      {action}
    </div>
  );
}
