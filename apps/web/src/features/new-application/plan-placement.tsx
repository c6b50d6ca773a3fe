"use client";

import type { PlanView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { suggestionText } from "@/features/deployment/placement-panel.tsx";
import type { Suggestion } from "@/features/deployment/deployment-path.ts";
import { formatBytes } from "@/format/numbers.ts";
import { withCode } from "./form-row.tsx";

/** Puts a value into the form, at a deployment by its name. */
export type OnSuggestion = (deployment: string, suggestion: Suggestion) => void;

/** A replica that would wait: why each node refuses it, and the value that would help as a button. */
export function PlanUnplaced({ one, onUse }: { one: PlanView["unplaced"][number]; onUse: OnSuggestion }) {
  return (
    <>
      <p>{withCode(one.reason)}</p>
      {/* Of one node the reason above says all. */}
      {one.per_node.length > 1 && (
        <ul className="mt-1 grid gap-1">
          {one.per_node.map((refusal) => (
            <li key={refusal.node_id} className="flex flex-wrap items-baseline gap-x-1.5">
              <StateMark tone="bad" />
              <span className="text-dim">{refusal.node_name}</span>
              <span className="min-w-0">
                {withCode(refusal.reason)}.{refusal.advice !== null && <> {withCode(refusal.advice)}</>}
              </span>
            </li>
          ))}
        </ul>
      )}
      <Suggest deployment={one.deployment} suggestion={one.suggestion} onUse={onUse} />
    </>
  );
}

function Suggest({
  deployment,
  suggestion,
  onUse,
}: {
  deployment: string;
  suggestion: Suggestion | null;
  onUse: OnSuggestion;
}) {
  if (suggestion === null) return null;
  return (
    <Button size="small" className="mt-1.5 mb-0.5" onClick={() => onUse(deployment, suggestion)}>
      Use {suggestionText(suggestion)}
    </Button>
  );
}

const verdicts: Readonly<
  Record<PlanView["gpu_memory"][number]["gpus"][number]["verdict"], { readonly tone: Tone; readonly word: string }>
> = {
  fits: { tone: "ok", word: "fits" },
  later: { tone: "warn", word: "fits later" },
  never: { tone: "bad", word: "too small" },
  unknown: { tone: "gone", word: "memory unknown" },
};

/** What a replica needs of a GPU's memory, beside what each model of GPU here offers. */
export function PlanGpuMemory({ one }: { one: PlanView["gpu_memory"][number] }) {
  return (
    <>
      <p>
        {formatBytes(one.need_bytes)} a replica,{" "}
        {one.source === "given" ? "as vram_bytes says" : "estimated from the model file"}
      </p>
      <ul className="mt-1 grid gap-0.5">
        {one.gpus.map((gpu) => (
          <li key={gpu.model} className="flex flex-wrap items-baseline gap-x-1.5">
            <StateMark tone={verdicts[gpu.verdict].tone} />
            <span className="text-dim">
              {gpu.count} × {gpu.model}
            </span>
            <span>{gpu.text === "" ? verdicts[gpu.verdict].word : gpu.text}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
