import { readFileSync } from "node:fs";

/** Start time of this process in clock ticks (field 22 of /proc/self/stat); 0 where there is no /proc. */
export function readStartTicks(): number {
  try {
    return parseStartTicks(readFileSync("/proc/self/stat", "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

/** The second field is the command in parentheses and may itself hold spaces and parentheses. */
export function parseStartTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[19] ?? 0);
}
