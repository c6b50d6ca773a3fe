"use client";

import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { StateMark } from "./state-mark.tsx";
import type { Tone } from "./state-mark.tsx";

const shape =
  "inline-flex h-[22px] items-center gap-1.5 rounded-full border border-line px-2 text-xs whitespace-nowrap";

/** State as shape and word. With a reason it opens: what, since when, what happens next. */
export function StateBadge({
  tone,
  word,
  reason,
  plain = false,
}: {
  tone: Tone;
  word: string;
  reason?: ReactNode;
  plain?: boolean;
}) {
  const face = (
    <>
      <StateMark tone={tone} />
      <span className="font-medium text-text">{word}</span>
    </>
  );
  const look = plain ? "inline-flex items-center gap-1.5 whitespace-nowrap" : shape;
  if (reason === undefined || reason === null || reason === "") return <span className={look}>{face}</span>;
  return (
    <Popover.Root>
      <Popover.Trigger
        className={cn(look, "relative z-1 decoration-faint decoration-dotted underline-offset-3 hover:underline")}
        aria-label={tone === "ok" ? `${word}: details` : `${word}: why`}
        onClick={(event) => event.stopPropagation()}
      >
        {face}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          align="start"
          collisionPadding={12}
          onClick={(event) => event.stopPropagation()}
          className="z-50 max-w-[min(420px,calc(100vw-24px))] animate-appear-up rounded-card border border-line-strong bg-panel p-3 text-sm text-dim"
        >
          {reason}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
