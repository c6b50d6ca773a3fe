/**
 * Waits for promises among the arguments, and one level down in arrays and plain objects. Answers the arguments
 * themselves, at once, when there are none: the usual case.
 */
export function awaitArguments(args: readonly unknown[]): readonly unknown[] | Promise<readonly unknown[]> {
  let awaited: unknown[] | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const ready = awaitInside(args[at]);
    if (ready !== args[at]) (awaited ??= [...args])[at] = ready;
    else if (isStream(args[at])) throw streamRefusal();
  }
  return awaited === undefined ? args : Promise.all(awaited);
}

function awaitInside(argument: unknown): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  if (isThenable(argument)) return awaitValue(argument);
  if (Array.isArray(argument)) {
    const items: readonly unknown[] = argument;
    return items.some(isThenable) ? Promise.all(items.map(awaitValue)) : argument;
  }
  const prototype: unknown = Object.getPrototypeOf(argument);
  if (prototype !== Object.prototype && prototype !== null) return argument;
  for (const key in argument) {
    if (isThenable((argument as Record<string, unknown>)[key])) return awaitProperties(argument);
  }
  return argument;
}

async function awaitProperties(argument: object): Promise<Record<string, unknown>> {
  const entries = Object.entries(argument as Record<string, unknown>);
  const values = await Promise.all(entries.map(([, value]) => awaitValue(value)));
  return Object.fromEntries(entries.map(([key], at) => [key, values[at]]));
}

async function awaitValue(value: unknown): Promise<unknown> {
  const ready = await value;
  if (isStream(ready)) throw streamRefusal();
  return ready;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function isStream(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function streamRefusal(): TypeError {
  return new TypeError("A stream cannot be an argument of a call; collect its items first.");
}
