/** Words in names of GPUs that do not tell one model from another. */
const NOISE = new Set([
  "NVIDIA",
  "TESLA",
  "GEFORCE",
  "QUADRO",
  "AMD",
  "INSTINCT",
  "RADEON",
  "INTEL",
  "R",
  "GPU",
  "OAM",
]);

function wordsOf(name: string): string[] {
  const words = name.toUpperCase().split(/[^A-Z0-9]+/);
  // `80G` and `80GB` are the same size.
  return words.filter((word) => word !== "" && !NOISE.has(word)).map((word) => word.replace(/^(\d+)GB?$/, "$1G"));
}

/**
 * Whether a GPU is what `accelerator_type` asks for, by Ray's names: `A100`, `A100-80G`, `L4`, `NVIDIA_TESLA_T4`,
 * `RTX4090`, in any case. Every word of the wish must be a whole word of the model: L4 is not L40S, A10 is not A100.
 */
export function matchesAccelerator(acceleratorType: string, model: string): boolean {
  const asked = wordsOf(acceleratorType);
  const has = wordsOf(model);
  const known = new Set([...has, ...has.slice(1).map((word, index) => `${has[index] ?? ""}${word}`)]);
  return asked.length > 0 && asked.every((word) => known.has(word));
}

/** The short name Ray gives the model (`NVIDIA A100-SXM4-80GB` -> `A100`); undefined when there is none. */
export function nameAccelerator(model: string): string | undefined {
  const words = wordsOf(model);
  return words[0] === "RTX" || words[0] === "GTX" ? words.slice(0, 2).join("") : words[0];
}
