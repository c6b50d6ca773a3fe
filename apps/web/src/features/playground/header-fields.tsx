"use client";

import { Plus, X } from "lucide-react";
import { useId, useRef } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";
import { withCode } from "@/features/new-application/form-row.tsx";
import type { HeaderRow } from "./request-draft.ts";

/** A header that is worth trying with this application. */
export interface HeaderHint {
  readonly name: string;
  readonly meaning: string;
}

export interface HeaderFieldsProps {
  rows: readonly HeaderRow[];
  /** One sentence or undefined per row. */
  problems: readonly (string | undefined)[];
  hints: readonly HeaderHint[];
  onChange: (rows: HeaderRow[]) => void;
}

/** Headers as rows of name and value. One line while there is none. */
export function HeaderFields({ rows, problems, hints, onChange }: HeaderFieldsProps) {
  const id = useId();
  /** Where a person goes on after a row was added. */
  const next = useRef<"name" | "value" | null>(null);
  const focusIfNext = (part: "name" | "value", index: number) => (input: HTMLInputElement | null) => {
    if (input === null || next.current !== part || index !== rows.length - 1) return;
    next.current = null;
    input.focus();
  };
  const unused = hints.filter(({ name }) => !rows.some((row) => row.name.trim().toLowerCase() === name));
  const add = (name: string): void => {
    next.current = name === "" ? "name" : "value";
    onChange([...rows, { name, value: "" }]);
  };
  const change = (at: number, part: Partial<HeaderRow>): void =>
    onChange(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <fieldset className="grid gap-1.5">
      <legend className="sr-only">Headers</legend>
      <div className="flex flex-wrap items-center gap-1">
        <span aria-hidden className="mr-1 text-xs text-faint">
          Headers
        </span>
        <Button look="quiet" size="small" onClick={() => add("")}>
          <Plus aria-hidden />
          Add
        </Button>
        {unused.map(({ name, meaning }) => (
          <Button
            key={name}
            look="quiet"
            size="small"
            title={meaning}
            aria-label={`Add ${name}: ${meaning}`}
            className="font-mono text-2xs"
            onClick={() => add(name)}
          >
            <Plus aria-hidden />
            {name}
          </Button>
        ))}
      </div>
      {rows.map((row, index) => {
        const problem = problems[index];
        const problemId = `${id}-${String(index)}`;
        const described = problem === undefined ? {} : { "aria-describedby": problemId, "aria-invalid": true };
        return (
          <div
            key={index}
            className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)_auto] gap-x-2 gap-y-1 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]"
          >
            <Input
              aria-label={`Name of header ${String(index + 1)}`}
              value={row.name}
              placeholder="name"
              className="font-mono text-xs"
              ref={focusIfNext("name", index)}
              onChange={(event) => change(index, { name: event.target.value })}
              {...described}
            />
            <Input
              aria-label={`Value of ${row.name === "" ? `header ${String(index + 1)}` : row.name}`}
              value={row.value}
              placeholder="value"
              className="font-mono text-xs"
              ref={focusIfNext("value", index)}
              onChange={(event) => change(index, { value: event.target.value })}
            />
            <Button
              look="quiet"
              size="icon"
              aria-label={`Remove ${row.name === "" ? `header ${String(index + 1)}` : row.name}`}
              onClick={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <X aria-hidden />
            </Button>
            {problem !== undefined && (
              <span id={problemId} role="alert" className="col-span-3 text-xs break-words text-bad">
                {withCode(problem)}
              </span>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
