import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface CardProps {
  title?: ReactNode;
  /** One dim phrase beside the title: unit, window, count. */
  note?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  /** No padding around the content. */
  flush?: boolean;
  label?: string;
}

/** One idea per card: 1 px line, radius 10, no shadow. */
export function Card({ title, note, actions, children, className, flush = false, label }: CardProps) {
  return (
    <section
      aria-label={label ?? (typeof title === "string" ? title : undefined)}
      className={cn("min-w-0 rounded-card border border-line bg-panel", className)}
    >
      {title !== undefined && (
        <header className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 px-3.5 py-2">
          <h2 className="text-sm font-[580]">{title}</h2>
          {note !== undefined && <span className="text-xs text-faint">{note}</span>}
          {actions !== undefined && <div className="ml-auto flex items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? undefined : cn("px-3.5 pb-3.5", title === undefined && "pt-3.5")}>{children}</div>
    </section>
  );
}
