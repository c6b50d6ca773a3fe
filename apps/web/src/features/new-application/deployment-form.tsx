"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { ReactNode } from "react";
import type { DescribedDeployment } from "@sluice/contracts";
import { Card } from "@/components/ui/card.tsx";
import { cn } from "@/components/ui/cn.ts";
import { countOption } from "./autoscaling-draft.ts";
import type { DeploymentDraft } from "./draft.ts";
import { valueOfOption } from "./draft.ts";
import { defaultFactsOf, defaultText, whyNoBatches } from "./field-default.ts";
import { advancedFields, pointerOf, replicaFields, resourceFields, runtimeFields } from "./form-fields.ts";
import type { FormField } from "./form-fields.ts";
import { TextRow, withCode } from "./form-row.tsx";
import { ScalingFields } from "./scaling-fields.tsx";
import { printField } from "./read-field.ts";

export interface DeploymentFormProps {
  index: number;
  deployment: DeploymentDraft;
  described: DescribedDeployment | undefined;
  /** What the form says about it so far. */
  spec: object | undefined;
  issues: ReadonlyMap<string, string>;
  onFields: (texts: Readonly<Record<string, string>>) => void;
}

/** The options of one deployment: the few that matter open, the rest folded with the count at their defaults. */
export function DeploymentForm({ index, deployment, described, spec, issues, onFields }: DeploymentFormProps) {
  const facts = defaultFactsOf(spec, described);
  const row = (field: FormField) => {
    const fallback = defaultText(field, facts);
    const codeSays = printField(valueOfOption(described?.options ?? {}, field.name), field.kind);
    return (
      <TextRow
        key={field.name}
        label={field.title}
        option={field.name.replace("ray_actor_options.", "")}
        value={deployment.fields[field.name] ?? ""}
        placeholder={emptyText(fallback, codeSays)}
        problem={issues.get(pointerOf(index, field.name))}
        hint={
          <>
            {withCode(field.meaning)} {field.kind === "list" && "Separated by commas. "}
            {codeSays === "" ? defaultSentence(fallback) : `The code says ${codeSays}.`}
          </>
        }
        inputMode={field.kind === "number" ? "decimal" : "text"}
        mono={field.kind === "json" || field.kind === "list"}
        unit={field.unit}
        onChange={(text) => onFields({ [field.name]: text })}
      />
    );
  };
  const ownFields = runtimeFields(deployment.runtime);
  const noBatches = whyNoBatches(described);
  return (
    <>
      {deployment.runtime === "process" && <Card title="Program">{ownFields.map(row)}</Card>}
      <Card title="Replicas">
        <ScalingFields
          index={index}
          fields={deployment.fields}
          issues={issues}
          onFields={onFields}
          fixed={replicaFields.filter(isCount).map(row)}
        />
        {replicaFields.filter((field) => !isCount(field)).map(row)}
        <Advanced
          changed={advancedFields.filter((field) => (deployment.fields[field.name] ?? "").trim() !== "").length}
          hasProblem={advancedFields.some((field) => issues.has(pointerOf(index, field.name)))}
        >
          {advancedFields.map(row)}
        </Advanced>
      </Card>
      <Card title="Resources per replica">{resourceFields.map(row)}</Card>
      {deployment.runtime === "onnx" && (
        <Card title="How the model runs">
          {noBatches !== null && <p className="pb-2.5 text-dim">{withCode(noBatches)}</p>}
          {ownFields.map(row)}
        </Card>
      )}
    </>
  );
}

const isCount = ({ name }: FormField): boolean => name === countOption;

function defaultSentence(fallback: string): string {
  if (fallback === "") return "";
  return /\s/.test(fallback) ? `Default: ${fallback}.` : `Default ${fallback}.`;
}

/** What an empty field means, said in the field itself: a value that looks typed would be none. */
function emptyText(fallback: string, codeSays: string): string {
  if (codeSays !== "") return `empty = ${codeSays}, as in the code`;
  if (fallback === "") return "empty = not set";
  // A phrase, such as "no limit", says of itself that it is no value.
  return /\s/.test(fallback) ? `empty = ${fallback}` : `empty = default ${fallback}`;
}

function Advanced({ changed, hasProblem, children }: { changed: number; hasProblem: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(changed > 0);
  const atDefaults = advancedFields.length - changed;
  // A wrong field must not hide in a fold.
  const shown = open || hasProblem;
  return (
    <div className="border-t border-line">
      <button
        type="button"
        aria-expanded={shown}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-1.5 pt-2.5 pb-0.5 text-left text-dim hover:text-text"
      >
        <ChevronRight aria-hidden className={cn("size-3.5 transition-transform duration-120", shown && "rotate-90")} />
        Queue, health, drain, user config: {changed > 0 && `${changed} set, `}
        {atDefaults} more options at their defaults
      </button>
      {shown && <div className="mt-2 animate-appear">{children}</div>}
    </div>
  );
}
