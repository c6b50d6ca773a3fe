/** What holds while a field is empty, as text. Pure. */
import { defaultBatching, modelOngoingRequests } from "@sluice/contracts";
import type { DescribedDeployment, OptionDoc } from "@sluice/contracts";
import { valueOfOption } from "./draft.ts";

/** What the defaults of a deployment depend on. */
export interface DefaultFacts {
  readonly isModel: boolean;
  /** As in the spec, the code, or the default, in that order. */
  readonly maxBatchSize: number;
  readonly hasLatencyTarget: boolean;
}

/** `spec` is what the form says so far; text that cannot be read counts as unset. */
export function defaultFactsOf(spec: object | undefined, described: DescribedDeployment | undefined): DefaultFacts {
  const inForce = (option: string): unknown =>
    valueOfOption(spec ?? {}, option) ?? valueOfOption(described?.options ?? {}, option);
  const size = inForce("batching.max_batch_size");
  return {
    isModel: inForce("runtime") === "onnx" || described?.inputs !== undefined,
    maxBatchSize: typeof size === "number" && size >= 1 ? size : defaultBatching.max_batch_size,
    hasLatencyTarget: typeof inForce("batching.target_p99_ms") === "number",
  };
}

/** "" = nothing holds. */
export function defaultText({ name, default: text }: Pick<OptionDoc, "name" | "default">, facts: DefaultFacts): string {
  if (name === "max_ongoing_requests" && facts.isModel) {
    return String(modelOngoingRequests({ max_batch_size: facts.maxBatchSize }));
  }
  if (name === "batching.batch_wait_timeout_s") return facts.hasLatencyTarget ? "as long as the target allows" : "0";
  // `null (no limit)`: the words say more than the value.
  return text.replace(/^\S+ \((.*)\)$/, "$1").replace(/^\[(.+)\]$/, "$1");
}

/** Why the requests of a model cannot run together, whatever the form says about batches; null when they may. */
export function whyNoBatches(described: DescribedDeployment | undefined): string | null {
  for (const { name, shape } of [...(described?.inputs ?? []), ...(described?.outputs ?? [])]) {
    const [first] = shape;
    if (first === undefined) return `\`${name}\` is a single value, so every request runs alone.`;
    if (typeof first === "number" && first > 0) {
      return `The first axis of \`${name}\` is fixed at ${first}, so every request runs alone.`;
    }
  }
  return null;
}
