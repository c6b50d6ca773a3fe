/** Translates zod issues to RFC 6901 pointers with a sentence that says what would be right. */
import type { z } from "zod";
import type { FieldIssue } from "@sluice/contracts";
import { describeIssue } from "./describe-issue.ts";

/** `["deployments", 0, "a/b"]` -> `#/deployments/0/a~1b` */
export function pointerOf(path: readonly PropertyKey[], prefix = "#"): string {
  return path.reduce<string>(
    (pointer, key) => `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`,
    prefix,
  );
}

/** Says which names there are at a path, for whoever wrote another one. */
type NamesAt = (path: readonly PropertyKey[], written: string) => string;

export function issuesOfZodError(
  error: z.ZodError,
  prefix = "#",
  namesAt: NamesAt = () => "Check the spelling.",
): FieldIssue[] {
  return error.issues.flatMap((issue) => issuesOf(issue, prefix, namesAt));
}

function issuesOf(issue: z.core.$ZodIssue, prefix: string, namesAt: NamesAt): FieldIssue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key], prefix),
      detail: `\`${key}\` is not known here. ${namesAt(issue.path, key)}`,
    }));
  }
  // A name in a map that is none: what would be one is said inside.
  const detail = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : describeIssue(issue);
  return [{ pointer: pointerOf(issue.path, prefix), detail }];
}
