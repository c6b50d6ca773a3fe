import { CopyButton } from "./copy-button.tsx";
import { cn } from "./cn.ts";

/** A command or snippet, with a button that copies exactly what is shown. */
export function CodeBlock({ text, label, className }: { text: string; label?: string; className?: string }) {
  return (
    <div className={cn("relative min-w-0 rounded-control border border-line bg-bg", className)}>
      <pre
        tabIndex={0}
        aria-label={label ?? "Code"}
        className="overflow-x-auto px-3 py-2 pr-20 text-xs leading-[1.6] text-dim"
      >
        {text}
      </pre>
      <div className="absolute top-1 right-1">
        <CopyButton text={text} label={label === undefined ? "Copy" : `Copy ${label}`} />
      </div>
    </div>
  );
}
