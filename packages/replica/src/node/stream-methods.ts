const generatorTags: ReadonlySet<string> = new Set(["AsyncGeneratorFunction", "GeneratorFunction"]);

/** Methods of a class that are generator functions: their callers know before the answer that it streams. */
export function streamMethodsOf(target: { readonly prototype: unknown } | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (
    let level = target?.prototype;
    isObject(level) && level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (isGeneratorFunction(property.value)) names.add(name);
    }
  }
  return names;
}

/** An iterator, as generators are, or any async iterable: its items are the answer, one by one. */
export function isItemStream(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== "object" || value === null) return false;
  if (Symbol.asyncIterator in value) return true;
  return Symbol.iterator in value && "next" in value && typeof value.next === "function";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isGeneratorFunction(value: unknown): boolean {
  return typeof value === "function" && generatorTags.has((value as never)[Symbol.toStringTag]);
}
