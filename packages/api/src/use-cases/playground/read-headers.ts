import { judgePlaygroundHeader, SluiceError } from "@sluice/contracts";
import type { PlaygroundSend } from "@sluice/contracts";

/** In lower case. What cannot be sent is refused with its reason: a call without it would be another one. */
export function readHeaders(headers: PlaygroundSend["headers"]): Record<string, string> {
  /** Name in lower case -> its first spelling. */
  const spellings = new Map<string, string>();
  const issues = Object.entries(headers).flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    const first = spellings.get(lower);
    if (first === undefined) spellings.set(lower, name);
    const detail = judgePlaygroundHeader(name, value) ?? (first === undefined ? undefined : sayTwice(first, name));
    const pointer = `#/headers/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return detail === undefined ? [] : [{ pointer, detail }];
  });
  const [first] = issues;
  if (first !== undefined) throw new SluiceError({ code: "request/invalid", publicMessage: first.detail, issues });
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Merged, one of the two values would be lost without a word. */
function sayTwice(first: string, second: string): string {
  return `\`${first}\` and \`${second}\` are the same header. Write its values into one, with commas.`;
}
