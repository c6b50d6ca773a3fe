type Looked<T> = T | undefined | false;

/** Polls until `look` answers something; the condition is the synchronisation, the timeout only ends a failed test. */
export async function eventually<T>(
  what: string,
  look: () => Looked<T> | Promise<Looked<T>>,
  timeoutMs = 20_000,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadlineMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
