import { describeExit } from "@sluice/domain";
import type { ExitFact } from "@sluice/domain";

export interface EndFacts {
  /** False: it ended before a process came to be. */
  readonly hadProcess: boolean;
  readonly wasDraining: boolean;
  /** Set when the agent ended it. */
  readonly ending: { readonly outcome: "failed" | "stopped"; readonly reason: string } | null;
  /** What the host said about its own failure. */
  readonly failedMessage: string | null;
  /** Both null: the process was nobody's child, so its status is not known. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly lastErrorLine: string | null;
}

export interface ReplicaEnd {
  readonly stage: "failed" | "stopped";
  readonly message: string;
  readonly exit: ExitFact | null;
}

/** Sent from outside: what the process had written before, minutes ago perhaps, is not why. */
const diesWithoutAWord: ReadonlySet<string> = new Set(["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"]);

/** What the end of a replica counts as: that follows from who wanted it. */
export function describeEnd(facts: EndFacts): ReplicaEnd {
  const { ending, failedMessage, code, signal } = facts;
  const lastErrorLine = diesWithoutAWord.has(signal ?? "") ? null : facts.lastErrorLine;
  const stage = ending?.outcome ?? (facts.wasDraining ? "stopped" : "failed");
  if (!facts.hadProcess) return { stage, message: ending?.reason ?? failedMessage ?? "", exit: null };
  const exit: ExitFact = { code, signal, lastErrorLine: stage === "failed" ? lastErrorLine : null };
  if (ending !== null) return { stage, message: ending.reason, exit };
  if (stage === "failed") return { stage, message: failedMessage ?? describeExit(exit), exit };
  const isClean = code === 0 || (code === null && signal === null);
  return { stage, message: isClean ? "drained" : `${describeExit(exit)} while draining`, exit };
}
