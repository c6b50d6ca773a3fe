import type { ReactNode } from "react";

/** What this page will show, and the one button or command that fills it. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="mx-auto grid max-w-[560px] justify-items-start gap-3 px-4 py-14">
      <h2 className="text-[15px] font-semibold tracking-[-0.01em]">{title}</h2>
      <div className="grid w-full gap-3 text-dim">{children}</div>
      {action}
    </div>
  );
}
