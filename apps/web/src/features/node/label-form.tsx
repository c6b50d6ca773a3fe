"use client";

import { useState } from "react";
import type { FormEvent } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Input } from "@/components/ui/input.tsx";
import { labelProblem } from "./label-rows.ts";

export interface LabelFormProps {
  /** The name stands; only its value is changed. */
  fixedName?: string;
  value: string;
  busy: boolean;
  onSave: (name: string, value: string) => void;
  onCancel: () => void;
}

/** Name and value in one line; Enter saves, Escape leaves it as it was. */
export function LabelForm({ fixedName, value: first, busy, onSave, onCancel }: LabelFormProps) {
  const [name, setName] = useState(fixedName ?? "");
  const [value, setValue] = useState(first);
  const problem = labelProblem(name, value);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem === undefined && !busy) onSave(name, value);
  };
  return (
    <form
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Escape") onCancel();
      }}
      className="grid gap-1.5"
    >
      <div className="flex items-center gap-1.5">
        {fixedName === undefined ? (
          <Input
            aria-label="Label name"
            placeholder="zone"
            value={name}
            autoFocus
            onChange={(e) => setName(e.target.value)}
          />
        ) : (
          <span className="shrink-0 text-dim">{fixedName}</span>
        )}
        <span className="text-faint">=</span>
        <Input
          aria-label="Label value"
          placeholder="rack-2"
          value={value}
          autoFocus={fixedName !== undefined}
          onChange={(event) => setValue(event.target.value)}
        />
      </div>
      <div className="flex items-center gap-1.5">
        <span className="min-w-0 flex-1 text-2xs text-bad">{name === "" ? "" : problem}</span>
        <Button size="small" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="small" look="primary" type="submit" reason={busy ? "Being saved" : problem}>
          Save
        </Button>
      </div>
    </form>
  );
}
