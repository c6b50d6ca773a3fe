/** Which field an issue stands at. Pure. */

export interface PlacedIssues {
  /** First sentence per pointer of a field. */
  readonly atFields: ReadonlyMap<string, string>;
  /** Those of no field that the form has. */
  readonly others: readonly (readonly [pointer: string, detail: string])[];
}

const isBlock = /^#\/deployments\/\d+\/\w+$/;

/**
 * At the field that the issue names, else at the field that holds what it names (`…/execution_providers/0`), else at the first
 * field inside of what it names (`…/process`). `fields`: pointers of all fields, those of a block in the order shown.
 */
export function placeIssues(issues: ReadonlyMap<string, string>, fields: readonly string[]): PlacedIssues {
  const atFields = new Map<string, string>();
  const others: (readonly [string, string])[] = [];
  for (const [pointer, detail] of issues) {
    const field =
      fields.find((one) => one === pointer || pointer.startsWith(`${one}/`)) ??
      (isBlock.test(pointer) ? fields.find((one) => one.startsWith(`${pointer}/`)) : undefined);
    if (field === undefined) others.push([pointer, detail]);
    else if (!atFields.has(field)) atFields.set(field, detail);
  }
  return { atFields, others };
}
