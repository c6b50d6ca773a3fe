import type { ComponentProps } from "react";
import { cn } from "./cn.ts";

export const inputLook =
  "h-[30px] w-full min-w-0 rounded-control border border-line bg-bg px-2.5 text-sm text-text placeholder:text-faint hover:border-line-strong focus-visible:outline-offset-0 aria-invalid:border-bad";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cn(inputLook, className)} autoComplete="off" spellCheck={false} {...rest} />;
}
