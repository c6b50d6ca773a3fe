import { listSupportedBackends } from "onnxruntime-node";

/**
 * The sentence for a provider that this node cannot run a model on; undefined when it can. `available` are those whose
 * libraries are there.
 */
export function explainMissingProvider(wanted: readonly string[], available: readonly string[]): string | undefined {
  const missing = wanted.filter((provider) => !available.includes(provider));
  if (missing.length === 0) return undefined;
  const verb = missing.length === 1 ? "is" : "are";
  return (
    `Execution provider ${missing.join(", ")} ${verb} not available on this node. Available: ${available.join(", ")}. ` +
    "Change `execution_providers` of the deployment, or install ONNX Runtime's libraries for it on the node."
  );
}

/** What ONNX Runtime on this node brings with it, and what of the rest was named and could be loaded by it. */
export function bundledProviders(): string[] {
  return listSupportedBackends().flatMap(({ name, bundled }) => (bundled ? [name] : []));
}

/** Providers that ONNX Runtime knows here, whether or not their libraries are installed. */
export function knownProviders(): string[] {
  return listSupportedBackends().map(({ name }) => name);
}
