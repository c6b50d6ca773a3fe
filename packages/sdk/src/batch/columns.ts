/** Arguments of several calls -> one array per parameter, as the batched function takes them. */
export function columnsOf(calls: readonly (readonly unknown[])[]): unknown[][] {
  const width = calls.reduce((most, args) => Math.max(most, args.length), 0);
  return Array.from({ length: width }, (_, at) => calls.map((args) => args[at]));
}
