import { applicationPath } from "@/features/application/use-application-name.ts";

/** The revisions page with these two compared. */
export function diffPath(application: string, from: number, to: number): string {
  return `${applicationPath(application)}/revisions?from=${from}&to=${to}`;
}
