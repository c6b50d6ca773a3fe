"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import { deploymentOptionDocs } from "@sluice/contracts";
import { cn } from "@/components/ui/cn.ts";
import { Segmented } from "@/components/ui/segmented.tsx";
import {
  autoscalingOption,
  chooseScaling,
  countOption,
  isAutomatic,
  openFields,
  scalingFields,
  scalingText,
  setScaling,
} from "./autoscaling-draft.ts";
import type { ScalingField } from "./autoscaling-draft.ts";
import { pointerOf } from "./form-fields.ts";
import { TextRow, withCode } from "./form-row.tsx";

export interface ScalingFieldsProps {
  index: number;
  fields: Readonly<Record<string, string>>;
  issues: ReadonlyMap<string, string>;
  onFields: (texts: Readonly<Record<string, string>>) => void;
  /** The plain field of a fixed number. */
  fixed: ReactNode;
}

/** A fixed number of replicas, or bounds and a target for the autoscaler. */
export function ScalingFields({ index, fields, issues, onFields, fixed }: ScalingFieldsProps) {
  const automatic = isAutomatic(fields);
  const [open, setOpen] = useState(false);
  const row = (field: ScalingField) => {
    const doc = deploymentOptionDocs.find(({ name }) => name === `${autoscalingOption}.${field}`);
    const unit = field.endsWith("_s") ? "s" : "";
    return (
      <TextRow
        key={field}
        label={doc?.title ?? field}
        option={field}
        value={scalingText(fields, field)}
        placeholder={doc === undefined ? "empty = default" : `empty = default ${defaultOf(field, doc.default)}`}
        problem={issues.get(pointerOf(index, `${autoscalingOption}.${field}`))}
        hint={doc === undefined ? undefined : withCode(doc.meaning)}
        inputMode={field === "aggregation_function" ? "text" : "decimal"}
        unit={unit}
        onChange={(text) => onFields({ [autoscalingOption]: setScaling(fields, field, text) })}
      />
    );
  };
  const more = scalingFields.slice(openFields);
  const hasProblem = more.some((field) => issues.has(pointerOf(index, `${autoscalingOption}.${field}`)));
  const set = more.filter((field) => scalingText(fields, field) !== "").length;
  const shown = open || hasProblem;
  return (
    <>
      <div className="grid gap-x-[18px] gap-y-1 py-[11px] sm:grid-cols-[176px_minmax(0,1fr)]">
        <span className="pt-1 font-[530]">Number of replicas</span>
        <div>
          <Segmented
            label="Number of replicas"
            value={automatic ? "automatic" : "fixed"}
            onChange={(value) => onFields(chooseScaling(fields, value === "automatic"))}
            options={[
              { value: "fixed", label: "Fixed" },
              { value: "automatic", label: "Automatic" },
            ]}
          />
          {automatic && (
            <p className="mt-1 text-xs text-faint">
              As many as the load needs: ongoing requests, divided by the target, within the bounds.
            </p>
          )}
        </div>
      </div>
      {automatic ? (
        <>
          {scalingFields.slice(0, openFields).map(row)}
          <button
            type="button"
            aria-expanded={shown}
            onClick={() => setOpen(!open)}
            className="flex w-full items-center gap-1.5 border-t border-line py-2.5 text-left text-dim hover:text-text"
          >
            <ChevronRight
              aria-hidden
              className={cn("size-3.5 transition-transform duration-120", shown && "rotate-90")}
            />
            Delays, look-back, factors: {set > 0 && `${set} set, `}
            {more.length - set} more at their defaults
          </button>
          {shown && <div className="animate-appear">{more.map(row)}</div>}
          {issues.has(pointerOf(index, countOption)) && (
            <p role="alert" className="pb-2 text-xs text-bad">
              {withCode(issues.get(pointerOf(index, countOption)) ?? "")}
            </p>
          )}
        </>
      ) : (
        fixed
      )}
    </>
  );
}

/** `auto` begins with bounds of its own. */
function defaultOf(field: ScalingField, text: string): string {
  return field === "max_replicas" ? "100" : text.replace(/`/g, "");
}
