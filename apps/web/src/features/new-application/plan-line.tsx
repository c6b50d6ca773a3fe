import type { ReactNode } from "react";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";

/** One fact of a plan: a mark, a sentence, and what there is to say about it. */
export function PlanLine({ tone, title, children }: { tone: Tone; title: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[16px_minmax(0,1fr)] gap-2 border-t border-line py-[7px] first:border-t-0">
      <span className="pt-[5px]">
        <StateMark tone={tone} />
      </span>
      <div className="min-w-0">
        <p className="break-words">{title}</p>
        <div className="text-xs break-words text-faint">{children}</div>
      </div>
    </div>
  );
}
