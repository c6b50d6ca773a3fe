/** Answer for one item: its value, or the error that is its own. */
export type ItemOutcome = { readonly value: unknown } | { readonly error: Error };

/** The results of one batch taken apart, or why nobody can have one. */
export type BatchOutcome =
  | { readonly kind: "each"; readonly outcomes: readonly ItemOutcome[] }
  | { readonly kind: "none"; readonly error: Error };

/** One result per item, in the order of the items. An `Error` among them fails its own item only. */
export function settleResults(name: string, results: unknown, items: number): BatchOutcome {
  if (!isList(results)) {
    const got = results === null ? "null" : typeof results;
    return none(new TypeError(`${name} must answer an array with one result per item; it answered ${got}.`));
  }
  if (results.length !== items) {
    return none(
      new RangeError(
        `${name} was given a batch of ${items} and answered ${results.length} results. ` +
          "It must answer one per item, in the order of the items.",
      ),
    );
  }
  return { kind: "each", outcomes: Array.from(results, outcomeOf) };
}

/** What user code threw as an Error: the same one for every caller of the batch. */
export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}

function outcomeOf(result: unknown): ItemOutcome {
  return result instanceof Error ? { error: result } : { value: result };
}

function none(error: Error): BatchOutcome {
  return { kind: "none", error };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
