/** What the replicas of the journal application wrote down. Pure. */

/** One replica's journal, by process. */
export interface Journal {
  readonly pid: number;
  readonly begun: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
}

/** Lines are `begin <id>` and `end <id>`; a line that a kill cut short says nothing. */
export function parseJournal(pid: number, text: string): Journal {
  const begun = new Set<string>();
  const ended = new Set<string>();
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    const [verb, id] = line.split(" ");
    if (id === undefined) continue;
    if (verb === "begin") begun.add(id);
    if (verb === "end") ended.add(id);
  }
  return { pid, begun, ended };
}

/** A replica that was killed had begun it. */
export function wasBegun(id: string, journals: readonly Journal[], killed: ReadonlySet<number>): boolean {
  return journals.some(({ pid, begun }) => killed.has(pid) && begun.has(id));
}

/** A replica that was killed had done all of it, and perhaps not sent the answer yet. */
export function wasEnded(id: string, journals: readonly Journal[], killed: ReadonlySet<number>): boolean {
  return journals.some(({ pid, ended }) => killed.has(pid) && ended.has(id));
}

/** Ids that more than one replica began. */
export function beganTwice(journals: readonly Journal[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { begun } of journals) for (const id of begun) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > 1).map(([id]) => id);
}
