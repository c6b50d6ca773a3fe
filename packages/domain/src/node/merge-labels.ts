/** Labels in force: those that the agent reports, with what people set laid over them; null takes a label away. */
export function mergeLabels(
  reported: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const entries = Object.entries({ ...reported, ...overrides });
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/**
 * Overrides after a change. What the agent reports itself needs no override: setting a label to that value, or taking away one
 * that it does not report, ends the override.
 */
export function changeOverrides(
  reported: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string | null>>,
  change: Readonly<Record<string, string | null>>,
): Record<string, string | null> {
  const entries = Object.entries({ ...overrides, ...change });
  return Object.fromEntries(entries.filter(([label, value]) => value !== (reported[label] ?? null)));
}
