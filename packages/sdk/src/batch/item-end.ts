/**
 * In the array that a batched generator yields: this item has no more results, the others go on. Registered, so that
 * every copy of the SDK in a process means the same.
 */
export const itemEnd: unique symbol = Symbol.for("sluice.sdk.itemEnd");
export type ItemEnd = typeof itemEnd;
