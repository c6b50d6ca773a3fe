"use client";

import { useEffect, useRef } from "react";
import { chordOf, useCommandKey } from "@/components/shell/command-key.ts";
import { Button } from "@/components/ui/button.tsx";
import { cn } from "@/components/ui/cn.ts";

export interface DeployButtonProps {
  /** Why it cannot be pressed now. */
  reason: string | undefined;
  problems: ReadonlyMap<string, string>;
  busy: boolean;
  /** It moves all requests away from a split that a person set. */
  endsSplit: boolean;
  onDeploy: () => void;
}

/** Says beside itself why it is off; the sentences of the wrong fields are its title. */
export function DeployButton({ reason, problems, busy, endsSplit, onDeploy }: DeployButtonProps) {
  const commandKey = useCommandKey();
  return (
    <>
      {reason !== undefined && !busy && (
        <span
          role="status"
          // On a narrow screen a line of its own above the buttons, which then stay side by side.
          className={cn(
            "text-xs max-sm:order-first max-sm:basis-full max-sm:text-right",
            problems.size > 0 ? "text-bad" : "text-dim",
          )}
          title={[...problems.values()].join("\n")}
        >
          {reason}
        </span>
      )}
      <Button look="primary" reason={reason} onClick={onDeploy}>
        {busy ? "Deploying" : endsSplit ? "Deploy, end the split" : "Deploy"}
        {commandKey !== null && (
          <kbd aria-hidden className="font-sans text-2xs opacity-70">
            {chordOf(commandKey, "↵")}
          </kbd>
        )}
      </Button>
    </>
  );
}

/** ⌘↵ or Ctrl+Enter anywhere on the page, also inside a field. */
export function useDeployKey(onDeploy: () => void): void {
  const latest = useRef(onDeploy);
  useEffect(() => {
    latest.current = onDeploy;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      latest.current();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}
