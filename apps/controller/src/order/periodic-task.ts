export interface PeriodicTask {
  /** Resolves when no turn runs any more. */
  stop(): Promise<void>;
}

/** Runs `work` every `everyMs`, never twice at once: a turn that finds the one before still running is left out. */
export function startPeriodicTask(
  everyMs: number,
  work: () => Promise<void>,
  onError: (error: unknown) => void,
): PeriodicTask {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch(onError)
      .finally(() => (running = null));
  }, everyMs);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
