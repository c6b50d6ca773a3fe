/** What an answer tells of its way, as lines for people. Pure. */

export interface Hop {
  readonly name: string;
  /** A call to another deployment is shown as code. */
  readonly isCall: boolean;
  /** Null where there is only a note. */
  readonly ms: number | null;
  readonly note: string;
}

const names: Readonly<Record<string, string>> = {
  queue: "Queue",
  retry: "Retried",
  batch: "Batch",
  model: "Replica",
  replica: "Replica",
};

/** Why a request waited; the words of the gateway's router. */
const waits: Readonly<Record<string, string>> = {
  wait_for_place: "all replicas were busy",
  wait_for_replica: "no replica was there",
  wait_for_model: "for a replica that holds the model",
  queue_full: "the line was full",
  deadline: "its deadline had passed",
  closed: "its replicas were stopped",
};

/** A model with a note is one beneath a call. */
function nameOf(metric: string, note: string): string {
  return metric === "model" && note !== "" ? "Model" : (names[metric] ?? metric);
}

/** The gateway knows only since when a replica had a request that was not answered. */
function noteOf(metric: string, note: string): string {
  if (metric === "replica") return "it gave no answer";
  return waits[note] ?? (metric === "retry" ? note.replaceAll("_", " ") : note);
}

/** Entries of `Server-Timing` in their order; what cannot be read is left out. */
export function readHops(header: string | undefined): readonly Hop[] {
  // Commas also stand inside of descriptions.
  const entries = (header ?? "").match(/(?:[^,"]|"[^"]*")+/g) ?? [];
  const hops = entries.flatMap((entry) => {
    const [, metric = "", ms, note = ""] = /^\s*(\w+)(?:;dur=([\d.]+))?(?:;desc="([^"]*)")?\s*$/.exec(entry) ?? [];
    if (metric === "") return [];
    const isCall = metric === "call";
    return [
      {
        name: isCall ? note : nameOf(metric, note),
        isCall,
        ms: ms === undefined ? null : Number(ms),
        note: isCall ? "" : noteOf(metric, note),
      },
    ];
  });
  // Of a batched model the same entry is its time alone; what was beneath a call begins with its way.
  const isBatched = hops.some(({ name, note }) => name === "Batch" && /^\d/.test(note));
  return isBatched ? hops.map((hop) => (hop.name === "Replica" ? { ...hop, name: "Model" } : hop)) : hops;
}
