import type { RunningSystem } from "./system.ts";

/** One Ctrl-C can arrive twice: from the terminal and, once more, from npm, which passes it on. */
const SAME_KEYPRESS_MS = 1_000;

/**
 * Ctrl-C, SIGTERM and a closed terminal stop the system in order; a second Ctrl-C ends it at once. Resolves when all has
 * stopped.
 */
export function stopOnSignals(system: RunningSystem, print: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let firstAt: number | undefined;
    const onSignal = (): void => {
      const now = Date.now();
      if (firstAt === undefined) {
        firstAt = now;
        print("stopping; Ctrl-C again ends everything at once");
        system.stop().then(resolve, reject);
      } else if (now - firstAt > SAME_KEYPRESS_MS) {
        print("ending everything at once");
        system.kill().then(resolve, reject);
      }
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
    // A terminal that is gone must not turn the next printed line into a crash.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  });
}
