import { cn } from "@/components/ui/cn.ts";
import { formatPercent } from "@/format/numbers.ts";

/** One bar per class; the model's choice and the truth are said in words. */
export function ProbabilityBars({
  probabilities,
  chosen,
  truth,
}: {
  probabilities: readonly (number | null)[];
  chosen: number;
  truth: number | null;
}) {
  return (
    <ul className="grid gap-[5px]" aria-label="Probabilities">
      {probabilities.map((probability, digit) => (
        <li key={digit} className="grid grid-cols-[14px_minmax(0,1fr)_52px_64px] items-center gap-2.5 text-xs">
          <span className={cn("text-right", digit === chosen ? "font-semibold text-text" : "text-dim")}>{digit}</span>
          <span className="h-2 overflow-hidden rounded-[3px] bg-raise">
            <span
              className={cn("block h-full rounded-[3px]", digit === chosen ? "bg-accent" : "bg-faint/60")}
              style={{ width: `${(probability ?? 0) * 100}%` }}
            />
          </span>
          <span className={cn("text-right", digit === chosen ? "text-text" : "text-faint")}>
            {probability === null ? "–" : formatPercent(probability * 100)}
          </span>
          <span className="text-faint">{digit === truth ? "true label" : ""}</span>
        </li>
      ))}
    </ul>
  );
}
