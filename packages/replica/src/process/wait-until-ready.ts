import { checkHealth } from "./check-health.ts";
import { describeProgramEnd, listErrors } from "./describe-program-end.ts";
import { listListeningPorts } from "./listening-ports.ts";
import type { ChildProgram } from "./child-program.ts";

export interface ReadyWait {
  readonly name: string;
  readonly port: number;
  readonly healthPath: string;
  readonly timeoutS: number;
  /** Told now and then what is being waited for. */
  readonly onProgress: (message: string) => void;
}

const firstPauseMs = 20;
const maxPauseMs = 500;
/** Of one question; short enough at the end of the budget, but never too short for an answer. */
const probeTimeoutMs = { least: 250, most: 5_000 };
const progressEveryMs = 2_000;

/**
 * Settles at the program's first good answer at its health path. Rejects when the program ends before, or its budget is
 * over, with what a person needs to know about it: the last lines of its errors, the port it listens on instead.
 */
export async function waitUntilReady(program: ChildProgram, wait: ReadyWait): Promise<void> {
  const startedMs = performance.now();
  const deadlineMs = startedMs + wait.timeoutS * 1_000;
  let pauseMs = firstPauseMs;
  let nextProgressMs = startedMs + progressEveryMs;
  for (;;) {
    const leftMs = deadlineMs - performance.now();
    const timeoutMs = Math.max(probeTimeoutMs.least, Math.min(probeTimeoutMs.most, leftMs));
    const problem = await probe(program, wait, timeoutMs);
    if (program.end !== undefined) throw new Error(describeProgramEnd(wait.name, program, "before it was ready"));
    if (problem === null) return;
    const nowMs = performance.now();
    if (nowMs >= deadlineMs) throw new Error(describeTimeout(program, wait, problem));
    if (nowMs >= nextProgressMs) {
      nextProgressMs = nowMs + progressEveryMs;
      wait.onProgress(`waiting for the program, ${Math.round((nowMs - startedMs) / 1_000)} s: ${problem}`);
    }
    // An end shortens the pause: a crash is known at once.
    await Promise.race([program.exited, sleep(Math.min(pauseMs, deadlineMs - nowMs))]);
    pauseMs = Math.min(maxPauseMs, pauseMs * 1.5);
  }
}

/** What is not well yet, or null. A port that somebody else took answers, too: only the program's own answer counts. */
async function probe(
  program: ChildProgram,
  { port, healthPath }: ReadyWait,
  timeoutMs: number,
): Promise<string | null> {
  try {
    await checkHealth({ port, path: healthPath }, timeoutMs);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const own = listListeningPorts(program.members());
  // None at all: what a process listens on cannot be seen here.
  return own.length === 0 || own.includes(port) ? null : `another process of this node answers on port ${port}`;
}

function describeTimeout(program: ChildProgram, { name, port, timeoutS }: ReadyWait, problem: string): string {
  const others = listListeningPorts(program.members()).filter((other) => other !== port);
  const elsewhere =
    others.length === 0
      ? ""
      : ` It listens on port ${others.join(", ")} instead of ${port}: write {port} into \`process.command\`, or let it read PORT.`;
  return `\`${name}\` was not ready within ${timeoutS} s: ${problem}.${elsewhere}${listErrors(program)}`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
