import type { ChildProgram } from "./child-program.ts";

type Ended = Pick<ChildProgram, "end" | "lastErrors">;

/** "`python3 server.py` exited with code 1 before it was ready. Its last lines: ..." */
export function describeProgramEnd(name: string, program: Ended, when: string): string {
  const { code, signal } = program.end ?? { code: null, signal: null };
  const how = signal === null ? `exited with code ${code}` : `was ended by ${signal}${hintOf(signal)}`;
  // What is killed from outside has not written why.
  const errors = signal === "SIGKILL" ? "" : listErrors(program);
  return `\`${name}\` ${how}${when === "" ? "" : ` ${when}`}.${errors}`;
}

/** The last lines of its standard error as a sentence, or nothing. */
export function listErrors({ lastErrors }: Pick<ChildProgram, "lastErrors">): string {
  return lastErrors === "" ? "" : ` Last lines of its standard error:\n${lastErrors}`;
}

function hintOf(signal: NodeJS.Signals): string {
  if (signal === "SIGKILL") return " (the machine may have run out of memory)";
  return signal === "SIGSEGV" || signal === "SIGABRT" || signal === "SIGBUS" ? " (a crash in native code)" : "";
}
