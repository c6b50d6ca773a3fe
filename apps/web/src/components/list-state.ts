/** What a list may say of itself. Pure. */

/** The part of a query's result that tells how far its answer can be trusted. */
export interface ListQuery {
  readonly data: unknown;
  readonly isError: boolean;
  /** `data` answers an earlier question, with another filter. */
  readonly isPlaceholderData: boolean;
  readonly isFetching: boolean;
  readonly isFetchedAfterMount: boolean;
}

export type ListState = "refused" | "loading" | "empty" | "filled";

/**
 * A list that has items is shown at once, also one that is remembered from before. That there is nothing is said only when
 * it was answered: what is remembered, or answers another filter, may lack what has come since.
 */
export function judgeList(query: ListQuery, count: number): ListState {
  if (query.data === undefined) return query.isError ? "refused" : "loading";
  if (count > 0) return "filled";
  const isAsking = query.isPlaceholderData || (query.isFetching && !query.isFetchedAfterMount);
  return isAsking ? "loading" : "empty";
}
