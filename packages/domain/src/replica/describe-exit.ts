import type { ExitFact } from "./state.ts";

/** "exited by SIGKILL", "exited with code 1: <last line of stderr>". */
export function describeExit(exit: ExitFact): string {
  const how =
    exit.signal !== null
      ? `exited by ${exit.signal}`
      : exit.code !== null
        ? `exited with code ${exit.code}`
        : "ended for an unknown reason";
  return exit.lastErrorLine === null ? how : `${how}: ${exit.lastErrorLine}`;
}
