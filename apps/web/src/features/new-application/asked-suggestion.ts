/** A value that the address asks to be filled in. Pure. */
import { suggestedOptions } from "../deployment/deployment-path.ts";
import type { Suggestion } from "../deployment/deployment-path.ts";

export interface AskedSuggestion {
  readonly deployment: string;
  readonly suggestion: Suggestion;
}

/** Null when the address asks for none, or for what is no number. */
export function readSuggestion(parameters: { get(name: string): string | null }): AskedSuggestion | null {
  const deployment = parameters.get("deployment");
  const option = suggestedOptions.find((name) => parameters.get(name) !== null);
  const value = option === undefined ? Number.NaN : Number(parameters.get(option));
  if (deployment === null || option === undefined || !(value >= 0)) return null;
  return { deployment, suggestion: { option, value } };
}
