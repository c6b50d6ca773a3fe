"use client";

import { useId } from "react";
import type { ReactNode } from "react";
import { Input } from "@/components/ui/input.tsx";
import { cn } from "@/components/ui/cn.ts";

export interface FormRowProps {
  label: string;
  /** The option's name in Ray Serve, under the label. */
  option?: string;
  hint?: ReactNode;
  problem?: string | undefined;
  children: (ids: { readonly id: string; readonly describedBy: string; readonly invalid: boolean }) => ReactNode;
}

/** Label with the option's name, field, meaning with default, and the error the moment it is known. */
export function FormRow({ label, option, hint, problem, children }: FormRowProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="grid gap-x-[18px] gap-y-1 border-t border-line py-[11px] first:border-t-0 sm:grid-cols-[176px_minmax(0,1fr)]">
      <label htmlFor={id} className="pt-1 font-[530]">
        {label}
        {option !== undefined && <span className="block text-xs font-normal break-words text-faint">{option}</span>}
      </label>
      <div className="grid min-w-0 gap-1">
        {children({ id, describedBy: hintId, invalid: problem !== undefined })}
        <div id={hintId} className="grid gap-0.5 text-xs">
          {problem !== undefined && (
            <span role="alert" className="break-words text-bad">
              {withCode(problem)}
            </span>
          )}
          {hint !== undefined && <span className="text-faint">{hint}</span>}
        </div>
      </div>
    </div>
  );
}

/** Texts of the contracts mark names and values with backticks. */
export function withCode(text: string): ReactNode {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}

export interface TextRowProps extends Omit<FormRowProps, "children"> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string | undefined;
  disabled?: boolean;
  mono?: boolean;
  /** Stands behind the value; the hint says it in words. */
  unit?: string;
  inputMode?: "decimal" | "text";
}

export function TextRow({
  value,
  onChange,
  placeholder,
  disabled,
  mono = false,
  unit = "",
  inputMode,
  ...row
}: TextRowProps) {
  return (
    <FormRow {...row}>
      {({ id, describedBy, invalid }) => (
        <div className="relative">
          <Input
            id={id}
            value={value}
            disabled={disabled}
            placeholder={placeholder}
            inputMode={inputMode}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            onChange={(event) => onChange(event.target.value)}
            className={cn(mono && "font-mono text-xs", unit !== "" && "pr-12", disabled === true && "text-dim")}
          />
          {unit !== "" && (
            <span
              aria-hidden
              className="pointer-events-none absolute inset-y-0 right-2.5 flex items-center text-xs text-faint"
            >
              {unit}
            </span>
          )}
        </div>
      )}
    </FormRow>
  );
}
