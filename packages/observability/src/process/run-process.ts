import type { Logger } from "../logging/logger.ts";
import { ConfigError } from "./config-error.ts";

/** What the exit code of every Sluice process means. */
export const exitCodes = {
  stopped: 0,
  /** An exception nobody caught, at start or later. */
  crashed: 1,
  /** A setting is wrong; starting again changes nothing. */
  config: 2,
  /** Asked to stop, but a part did not within the deadline. */
  stopDeadline: 3,
  /** A second signal ended the graceful stop. */
  forced: 130,
} as const;

export interface ProcessScope {
  /** Aborted when the stop begins. */
  readonly stopping: AbortSignal;
  /** Registers a part to stop. Parts stop one after the other, the last registered first. */
  onStop(name: string, dispose: () => Promise<void> | void): void;
  /** Begins the stop from inside, as a signal would. */
  stop(reason: string): void;
  /** Lines about the process's life go here from now on; before, to standard error. */
  useLogger(logger: Logger): void;
}

export interface RunProcessOptions {
  /** Milliseconds all parts together may take to stop. */
  readonly stopDeadlineMs?: number;
}

/**
 * Runs the whole life of a process: `main` wires and returns (or throws), SIGTERM and SIGINT stop the parts in reverse
 * order within a deadline, uncaught errors are logged. Always ends by `process.exit` with one of {@link exitCodes}.
 */
export async function runProcess(
  main: (scope: ProcessScope) => Promise<void>,
  { stopDeadlineMs = 30_000 }: RunProcessOptions = {},
): Promise<void> {
  const stopping = new AbortController();
  const parts: { name: string; dispose: () => Promise<void> | void }[] = [];
  let logger: Logger | undefined;

  const say = (level: "info" | "warn" | "fatal", message: string, err?: unknown): void => {
    if (logger !== undefined) logger[level](err === undefined ? {} : { err }, message);
    else process.stderr.write(`${message}${err === undefined ? "" : ` ${errorText(err)}`}\n`);
  };

  const stop = (reason: string, exitCode: number): void => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    say("info", `stopping: ${reason}`);
    const deadline = setTimeout(() => {
      say(
        "warn",
        `not stopped within ${stopDeadlineMs / 1000} s, leaving: ${parts.map((part) => part.name).join(", ")}`,
      );
      process.exit(exitCodes.stopDeadline);
    }, stopDeadlineMs);
    void stopParts(parts, (name, err) => say("warn", `${name} failed while stopping`, err)).then(() => {
      clearTimeout(deadline);
      process.exit(exitCode);
    });
  };

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) {
      say("warn", `second ${signal}: leaving at once`);
      process.exit(exitCodes.forced);
    }
    stop(signal, exitCodes.stopped);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  process.on("uncaughtException", (error) => {
    say("fatal", "uncaught exception", error);
    stop("uncaught exception", exitCodes.crashed);
  });
  process.on("unhandledRejection", (reason) => {
    say("fatal", "unhandled rejection", reason);
    stop("unhandled rejection", exitCodes.crashed);
  });

  try {
    await main({
      stopping: stopping.signal,
      onStop: (name, dispose) => void parts.push({ name, dispose }),
      stop: (reason) => stop(reason, exitCodes.stopped),
      useLogger: (given) => void (logger = given),
    });
  } catch (error) {
    if (error instanceof ConfigError) {
      say("fatal", error.message);
      stop("wrong configuration", exitCodes.config);
    } else {
      say("fatal", "start failed", error);
      stop("start failed", exitCodes.crashed);
    }
  }
}

/** Stops the parts last to first, removing each when done, so that what is left names the slow one. */
async function stopParts(
  parts: { name: string; dispose: () => Promise<void> | void }[],
  onError: (name: string, error: unknown) => void,
): Promise<void> {
  for (let part = parts.at(-1); part !== undefined; part = parts.at(-1)) {
    try {
      await part.dispose();
    } catch (error) {
      onError(part.name, error);
    }
    parts.pop();
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
