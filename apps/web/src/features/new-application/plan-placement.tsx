"use client";

import type { PlanView } from "@sluice/contracts";
import { Button } from "@/components/ui/button.tsx";
import { Meter } from "@/components/ui/meter.tsx";
import { StateMark } from "@/components/ui/state-mark.tsx";
import type { Tone } from "@/components/ui/state-mark.tsx";
import { suggestionText } from "@/features/deployment/placement-panel.tsx";
import type { Suggestion } from "@/features/deployment/deployment-path.ts";
import { formatNumber } from "@/format/numbers.ts";
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
            <li key={refusal.node_id} className="grid grid-cols-[9px_minmax(0,1fr)] items-baseline gap-x-1.5">
              <StateMark tone="bad" />
              <span>
                <span className="text-dim">{refusal.node_name}</span> {withCode(refusal.reason)}.
                {refusal.advice !== null && <> {withCode(refusal.advice)}</>}
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

type GpuVerdict = PlanView["gpu_memory"][number]["gpus"][number];

const verdictOrder: readonly GpuVerdict["verdict"][] = ["fits", "later", "unknown", "never"];

const verdicts: Readonly<Record<GpuVerdict["verdict"], { readonly tone: Tone; readonly word: string }>> = {
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
        {one.source === "given" ? "For each replica, as vram_bytes says" : `For each replica, estimated: ${one.text}`}
      </p>
      <ul className="mt-1.5 grid gap-1.5">
        {[...one.gpus].sort(byVerdict).map((gpu) => (
          <li key={gpu.model}>
            <p className="flex items-baseline gap-x-1.5">
              <StateMark tone={verdicts[gpu.verdict].tone} />
              <span className="min-w-0 text-dim">
                {gpu.count} × {gpu.model}
              </span>
              <span className="ml-auto whitespace-nowrap text-dim">{verdicts[gpu.verdict].word}</span>
            </p>
            <p className="pl-[15px]">{withoutModel(gpu.text, gpu.model)}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

const byVerdict = (left: GpuVerdict, right: GpuVerdict): number =>
  verdictOrder.indexOf(left.verdict) - verdictOrder.indexOf(right.verdict);

/** The model stands above it already. */
function withoutModel(text: string, model: string): string {
  const rest = text.startsWith(`${model}: `) ? text.slice(model.length + 2) : text;
  return rest === "" ? "" : `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}

/** How the GPUs of a node would be filled: what is promised already, and what this plan adds. */
export function PlanGpus({ node }: { node: PlanView["nodes"][number] }) {
  const added = node.gpus.reduce((sum, gpu) => sum + gpu.added, 0);
  if (added === 0) return null;
  const used = node.gpus.reduce((sum, gpu) => sum + gpu.used, 0);
  return (
    <>
      <p className="mt-1.5">
        {formatNumber(used + added)} of {node.gpus.length} GPUs promised afterwards
      </p>
      <div className="mt-1.5 flex gap-1">
        {node.gpus.slice(0, 8).map((gpu, index) => (
          <Meter
            key={gpu.uuid}
            className="min-w-2 flex-1"
            label={`GPU ${index} of ${node.name}`}
            used={gpu.used}
            added={gpu.added}
            total={1}
          />
        ))}
      </div>
    </>
  );
}
