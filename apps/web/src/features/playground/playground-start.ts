/** What the playground starts with, as far as it is known what an application takes. Pure. */
import type { BundleDescription, RevisionView } from "@sluice/contracts";
import type { HeaderHint } from "./header-fields.tsx";
import { sampleBody } from "./playground-kind.ts";
import type { PlaygroundKind } from "./playground-kind.ts";
import type { RequestDraft } from "./request-draft.ts";
import { pickSample } from "./sample-request.ts";

/** A model's inputs, else the request of the example that it was made from, else one without anything. */
export function startOf(
  kind: Exclude<PlaygroundKind, { kind: "digits" }>,
  revision: Pick<RevisionView, "spec" | "description"> | undefined,
): RequestDraft {
  const blank = { path: "", headers: [] };
  if (kind.kind === "tensors") return { ...blank, method: "POST", body: sampleBody(kind.inputs) };
  const sample = revision === undefined ? undefined : pickSample(revision);
  if (sample !== undefined) return { ...blank, method: "POST", body: sample.body };
  return { ...blank, method: kind.method, body: "{}" };
}

const timeout: HeaderHint = {
  name: "x-request-timeout-seconds",
  meaning: "after so many seconds the answer is 504",
};
const modelId: HeaderHint = {
  name: "serve_multiplexed_model_id",
  meaning: "the model that is meant, for code with multiplexed(...)",
};

/** Headers that have an effect here. Only code can hold several models. */
export function hintsOf(description: BundleDescription | null): readonly HeaderHint[] {
  const isCode = description?.deployments.some(
    ({ options, inputs }) => options.runtime !== "process" && inputs === undefined,
  );
  return isCode === true ? [modelId, timeout] : [timeout];
}
