/** What the server said of an earlier draft, as far as it can still be true of the one that is typed. Pure. */
import type { ApplicationSpecInput, FieldIssue } from "@sluice/contracts";

/** A draft that the server has judged. */
export interface Judgement {
  readonly spec: ApplicationSpecInput;
  readonly issues: readonly FieldIssue[];
}

/** Issues whose field is as it was: one that was mended is silent at once, the others do not blink at every key. */
export function standingIssues(judgement: Judgement | null, spec: ApplicationSpecInput): readonly FieldIssue[] {
  if (judgement === null || judgement.spec === spec) return judgement?.issues ?? [];
  return judgement.issues.filter(({ pointer }) => textAt(judgement.spec, pointer) === textAt(spec, pointer));
}

function textAt(spec: object, pointer: string): string | undefined {
  const path = pointer.replace(/^#?\/?/, "").split("/");
  let value: unknown = spec;
  for (const key of path.filter((part) => part !== "")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return JSON.stringify(value);
}
