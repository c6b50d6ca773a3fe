import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";
import { ScrollHint } from "./scroll-hint.tsx";

/** Dense table with 1 px rules; on narrow screens it scrolls sideways inside its card while the first column stays. */
export function Table({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return (
    <ScrollHint label={`${label} table`}>
      <table aria-label={label} className={cn("w-full border-collapse text-left", className)}>
        {children}
      </table>
    </ScrollHint>
  );
}

export function Th({ className, numeric = false, ...rest }: ComponentProps<"th"> & { numeric?: boolean }) {
  return (
    <th
      scope="col"
      className={cn(
        "h-8 px-2 text-xs font-normal whitespace-nowrap text-faint first:pl-3.5 last:pr-3.5",
        numeric && "text-right",
        className,
      )}
      {...rest}
    />
  );
}

export function Td({ className, numeric = false, ...rest }: ComponentProps<"td"> & { numeric?: boolean }) {
  return (
    <td
      className={cn(
        "h-[34px] border-t border-line px-2 py-1 align-middle first:pl-3.5 last:pr-3.5",
        numeric && "text-right whitespace-nowrap",
        className,
      )}
      {...rest}
    />
  );
}

/** A number with its unit in a smaller, fainter voice. */
export function Figure({ value, unit }: { value: string; unit?: string }) {
  if (value === "no data") return <span className="text-faint">no data</span>;
  return (
    <span>
      {value}
      {unit !== undefined && <span className="text-xs text-faint"> {unit}</span>}
    </span>
  );
}
