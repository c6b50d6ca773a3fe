import { readdir, readFile } from "node:fs/promises";

/** Milliseconds of CPU time of each thread of a process. */
export async function threadTimes(pid: number): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const id of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${id}/schedstat`, "utf8");
    times.set(id, Number(text.split(" ")[0]) / 1e6);
  }
  return times;
}
