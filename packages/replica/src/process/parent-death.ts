import { execFile } from "node:child_process";
import { findProgram } from "./find-program.ts";

/**
 * A command line in front of a program that makes the kernel end it with SIGKILL when this process dies, however it dies;
 * empty where the machine has no tool for it. Then the node agent's sweep is what ends the program.
 *
 * The link is to the thread that starts the program: it has to be the main thread, which lives as long as the process.
 */
export async function findParentDeathLink(path: string): Promise<readonly string[]> {
  if (process.platform !== "linux") return [];
  const setpriv = await findProgram("setpriv", "/", path, "").catch(() => null);
  if (setpriv === null) return [];
  const link = [setpriv, "--pdeathsig", "KILL", "--"];
  // Small systems ship one that does not know the option.
  return (await canRun([...link, "true"])) ? link : [];
}

function canRun([program = "", ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => execFile(program, args, { timeout: 2_000 }, (error) => resolve(error === null)));
}
