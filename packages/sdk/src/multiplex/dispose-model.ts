/** How a model may say that it is to be released; looked for in this order. */
interface Disposable {
  [Symbol.asyncDispose]?: () => unknown;
  [Symbol.dispose]?: () => unknown;
  dispose?: () => unknown;
}

/** Releases what a model holds (memory of a device, files), if it says how. Waits for it. */
export async function disposeModel(model: unknown): Promise<void> {
  if ((typeof model !== "object" && typeof model !== "function") || model === null) return;
  const disposable = model as Disposable;
  const name = [Symbol.asyncDispose, "dispose" as const, Symbol.dispose].find(
    (one) => typeof disposable[one as keyof Disposable] === "function",
  );
  if (name !== undefined) await disposable[name as keyof Disposable]?.();
}
