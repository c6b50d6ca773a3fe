import { readFileSync } from "node:fs";
import { ChildProcessFile, childProcessFile } from "@sluice/contracts";
import { killFamily } from "@sluice/observability";
import type { ReplicaFiles } from "./replica-files.ts";

/**
 * Ends what a program and those it started left behind, when its host could not: the kernel ends the program with its
 * host, but nobody ends its own children. Their mark is the host's launch file. Answers how many were left.
 */
export function endFamily(files: Pick<ReplicaFiles, "assignmentPath">, member: string): number {
  const mark = files.assignmentPath(member);
  return killFamily({ mark, leader: readLeader(childProcessFile(mark)) });
}

function readLeader(path: string): ChildProcessFile | null {
  try {
    return ChildProcessFile.safeParse(JSON.parse(readFileSync(path, "utf8"))).data ?? null;
  } catch {
    // The host ended before it started the program: there is nothing to find by it.
    return null;
  }
}
