import { CopyButton } from "./copy-button.tsx";
import { cn } from "./cn.ts";

/** A command or snippet, with a button that copies exactly what is shown. */
export function CodeBlock({ text, label, className }: { text: string; label?: string; className?: string }) {
  return (
    <div className={cn("flex min-w-0 items-start rounded-control border border-line bg-bg", className)}>
      <pre
        tabIndex={0}
        aria-label={label ?? "Code"}
        className="min-w-0 flex-1 px-3 py-2 text-xs leading-[1.6] wrap-anywhere whitespace-pre-wrap text-dim"
      >
        {text}
      </pre>
      <div className="shrink-0 p-1">
        <CopyButton text={text} label={label === undefined ? "Copy" : `Copy ${label}`} />
      </div>
    </div>
  );
}
