import { applicationPath } from "@/features/application/use-application-name.ts";

export function deploymentPath(application: string, deployment: string): string {
  return `${applicationPath(application)}/deployments/${encodeURIComponent(deployment)}`;
}

/** Options that a refusal may suggest a smaller value of. */
export const suggestedOptions = ["num_cpus", "num_gpus", "memory"] as const;

export interface Suggestion {
  readonly option: (typeof suggestedOptions)[number];
  readonly value: number;
}

/** The form of a new revision with one value filled in; its plan shows whether that helps. */
export function suggestionPath(application: string, deployment: string, { option, value }: Suggestion): string {
  const query = new URLSearchParams({ application, deployment, [option]: String(value) });
  return `/applications/new?${query}`;
}
