"use client";

import { Dialog as Radix } from "radix-ui";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What will happen, in one or two sentences. */
  description: ReactNode;
  children?: ReactNode;
  /** Buttons, the one that acts last. */
  footer?: ReactNode;
  className?: string;
}

/** Focus goes in, Escape and the scrim close, focus returns to where it was. */
export function Dialog({ open, onOpenChange, title, description, children, footer, className }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-scrim" />
        <Radix.Content
          className={cn(
            "fixed top-[14vh] left-1/2 z-50 max-h-[78vh] w-[min(480px,calc(100vw-24px))] -translate-x-1/2 animate-appear overflow-y-auto rounded-card border border-line-strong bg-panel p-4 outline-none",
            className,
          )}
        >
          <div className="mb-1.5 flex items-start justify-between gap-3">
            <Radix.Title className="text-[15px] font-semibold tracking-[-0.01em]">{title}</Radix.Title>
            <Radix.Close asChild>
              <Button look="quiet" size="iconSmall" aria-label="Close">
                <X />
              </Button>
            </Radix.Close>
          </div>
          <Radix.Description asChild>
            <div className="text-dim">{description}</div>
          </Radix.Description>
          {children}
          {footer !== undefined && <div className="mt-4 flex flex-wrap justify-end gap-2">{footer}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
