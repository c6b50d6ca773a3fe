import { inGiB } from "./amount.ts";

/** What is known of a model before it runs. */
export interface ModelSize {
  /** GPU memory that a person wrote down (`vram_bytes`). */
  readonly vramBytes: number | null;
  /** Size of the files that hold its weights, as they are loaded (a quantised file is small). */
  readonly weightBytes: number | null;
  /** `llm`: served by an engine that keeps a cache of keys and values and captures graphs. */
  readonly kind: "llm" | "other";
}

export interface VramEstimate {
  readonly bytes: number;
  readonly source: "given" | "estimated";
  /** How the number came about, for people. */
  readonly text: string;
}

/** Activations and a small cache on top of the weights. */
const WEIGHT_FACTOR = 1.2;
/** Context of CUDA, kernels of the runtime, and for an engine its captured graphs (1 to 3 GiB in vLLM). */
const FRAMEWORK_BYTES = { llm: 2 * 2 ** 30, other: 512 * 2 ** 20 } as const;

/**
 * GPU memory a model needs at least: what was given, else `weights x 1.2 + framework`. The 20 % is EleutherAI's rule of
 * thumb for inference (https://blog.eleuther.ai/transformer-math/#total-inference-memory); GPUStack's scheduler adds the
 * same 2 GiB for language models and 512 MiB for others. It is the least with which the model loads: a long context or many
 * requests at once need more. Null when nothing is known.
 */
export function estimateVram({ vramBytes, weightBytes, kind }: ModelSize): VramEstimate | null {
  if (vramBytes !== null) return { bytes: vramBytes, source: "given", text: `${inGiB(vramBytes)}, as given` };
  if (weightBytes === null) return null;
  const framework = FRAMEWORK_BYTES[kind];
  const bytes = Math.ceil(weightBytes * WEIGHT_FACTOR) + framework;
  const text = `about ${inGiB(bytes)}: weights ${inGiB(weightBytes)} x ${WEIGHT_FACTOR} + ${inGiB(framework)} for the framework`;
  return { bytes, source: "estimated", text };
}
