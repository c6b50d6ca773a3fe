/** Which applications' rows a list holds: of one, of several, or (nothing named) of all. */
export interface OfApplications {
  readonly applicationId?: string | undefined;
  readonly applicationIds?: readonly string[] | undefined;
}

export function whereApplication(filter: OfApplications): { applicationId?: string | { in: string[] } } {
  if (filter.applicationId !== undefined) return { applicationId: filter.applicationId };
  return filter.applicationIds === undefined ? {} : { applicationId: { in: [...filter.applicationIds] } };
}
