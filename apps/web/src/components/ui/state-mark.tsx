import { cn } from "./cn.ts";

/** The five states of anything. Each has a shape of its own; colour only repeats it. */
export type Tone = "ok" | "busy" | "warn" | "bad" | "gone";

const colours: Readonly<Record<Tone, string>> = {
  ok: "text-ok",
  busy: "text-accent",
  warn: "text-warn",
  bad: "text-bad",
  gone: "text-faint",
};

/** filled dot, ring, triangle, cross, dash: always beside a word. */
export function StateMark({ tone, className }: { tone: Tone; className?: string }) {
  return (
    <svg viewBox="0 0 10 10" aria-hidden className={cn("size-[9px] shrink-0", colours[tone], className)}>
      {tone === "ok" && <circle cx="5" cy="5" r="4.2" fill="currentColor" />}
      {tone === "busy" && <circle cx="5" cy="5" r="3.4" fill="none" stroke="currentColor" strokeWidth="2" />}
      {tone === "warn" && <path d="M5 .8 9.6 9.2H.4Z" fill="currentColor" />}
      {tone === "bad" && (
        <path d="M1.4 1.4 8.6 8.6M8.6 1.4 1.4 8.6" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
      )}
      {tone === "gone" && (
        <path d="M1 5h8" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeDasharray="2.6 2.2" />
      )}
    </svg>
  );
}
