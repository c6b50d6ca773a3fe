/** What is wrong with a cron expression of five fields (minute, hour, day of month, month, day of week); null = nothing. */
export function cronProblem(text: string): string | null {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) return "Five fields: minute, hour, day of month, month, day of week.";
  for (const [index, field] of fields.entries()) {
    const bad = (parts[index] ?? "").split(",").find((item) => !isItem(item, field));
    if (bad !== undefined) return `\`${bad}\` is no ${field.name} (${field.min} to ${field.max}).`;
  }
  return null;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Written instead of `min`, `min` + 1, ... */
  readonly words: readonly string[];
}

const fields: readonly Field[] = [
  { name: "minute", min: 0, max: 59, words: [] },
  { name: "hour", min: 0, max: 23, words: [] },
  { name: "day of month", min: 1, max: 31, words: [] },
  {
    name: "month",
    min: 1,
    max: 12,
    words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", min: 0, max: 7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/** One of `*`, `3`, `1-5`, each with an optional step: `1-20/2`. */
function isItem(item: string, field: Field): boolean {
  const [range = "", step, ...more] = item.split("/");
  if (more.length > 0 || (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0))) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => valueOf(end, field));
  const [from, to = from] = ends;
  if (ends.length > 2 || from === undefined || to === undefined) return false;
  return !Number.isNaN(from) && !Number.isNaN(to) && from <= to;
}

function valueOf(text: string, { min, max, words }: Field): number {
  const word = words.indexOf(text.toLowerCase());
  const value = word === -1 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : min + word;
  return value >= min && value <= max ? value : Number.NaN;
}
