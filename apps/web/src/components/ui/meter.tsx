import { cn } from "./cn.ts";

/** Part of a whole as a bar; `added` is what a plan would take on top. */
export function Meter({
  label,
  used,
  total,
  added = 0,
  className,
}: {
  label: string;
  used: number;
  total: number;
  added?: number;
  className?: string;
}) {
  const share = (value: number): string => `${total > 0 ? Math.min(100, (value / total) * 100) : 0}%`;
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(total, used + added)}
      className={cn("flex h-1.5 overflow-hidden rounded-full bg-raise", className)}
    >
      <span className="bg-faint" style={{ width: share(used) }} />
      <span className="bg-accent" style={{ width: share(added) }} />
    </div>
  );
}
