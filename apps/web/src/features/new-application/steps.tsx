import { Check } from "lucide-react";
import { cn } from "@/components/ui/cn.ts";

const labels = ["Model", "Configure", "Watch it start"] as const;

/** Where one is: 1, 2 or 3. */
export function Steps({ current }: { current: 1 | 2 | 3 }) {
  return (
    <ol aria-label="Steps" className="mb-[18px] flex flex-wrap gap-x-[22px] gap-y-2">
      {labels.map((label, index) => {
        const number = index + 1;
        const done = number < current;
        const now = number === current;
        return (
          <li
            key={label}
            aria-current={now ? "step" : undefined}
            className={cn("flex items-center gap-[7px]", now ? "font-medium text-text" : "text-faint")}
          >
            <span
              aria-hidden
              className={cn(
                "grid size-[19px] place-items-center rounded-full border border-line text-2xs font-normal",
                done && "border-ok text-ok",
                now && "border-text bg-text text-bg",
              )}
            >
              {done ? <Check className="size-3" strokeWidth={2.5} /> : number}
            </span>
            {label}
            {done && <span className="sr-only">, done</span>}
          </li>
        );
      })}
    </ol>
  );
}
