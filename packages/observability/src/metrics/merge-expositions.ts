interface Family {
  readonly comments: string[];
  readonly samples: string[];
}

/**
 * Several texts in Prometheus' format as one: a metric that is in more than one stands once, with the samples of all. The
 * labels must tell the sources apart; help and type are those of the first.
 */
export function mergeExpositions(texts: readonly string[]): string {
  const families = new Map<string, Family>();
  for (const text of texts) addTo(families, text);
  return [...families.values()].flatMap(({ comments, samples }) => [...comments, ...samples, ""]).join("\n");
}

function addTo(families: Map<string, Family>, text: string): void {
  const before = new Set(families.keys());
  let family: Family | undefined;
  for (const line of text.split("\n")) {
    const [, name] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? [];
    if (name !== undefined) {
      family = families.get(name) ?? { comments: [], samples: [] };
      families.set(name, family);
      if (!before.has(name)) family.comments.push(line);
    } else if (line !== "" && !line.startsWith("#")) family?.samples.push(line);
  }
}
