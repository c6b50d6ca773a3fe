"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { cn } from "./cn.ts";
import { judgeEcho } from "./filter-text.ts";
import { inputLook } from "./input.tsx";
import { Kbd } from "./kbd.tsx";

/** `/` brings the focus here; Escape clears, then leaves. */
export function FilterInput({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
}) {
  const [text, setText] = useState(value);
  const pending = useRef<readonly string[]>([]);
  useEffect(() => {
    const echo = judgeEcho(pending.current, value);
    pending.current = echo.pending;
    if (echo.isForeign) setText(value);
  }, [value]);
  const change = (next: string): void => {
    pending.current = [...pending.current, next];
    setText(next);
    onChange(next);
  };
  return (
    <span className="relative inline-flex w-full sm:w-[240px]">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint"
      />
      <input
        data-page-filter
        value={text}
        aria-label={label}
        placeholder={label}
        onChange={(event) => change(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (text === "") event.currentTarget.blur();
          else change("");
        }}
        className={cn(inputLook, "bg-panel pr-8 pl-8")}
        autoComplete="off"
        spellCheck={false}
      />
      <span className="pointer-events-none absolute top-1/2 right-1.5 -translate-y-1/2">
        <Kbd>/</Kbd>
      </span>
    </span>
  );
}
