/** Any JSON value; `undefined` members are left out, as JSON.stringify does. */
export type JsonLike =
  null | boolean | number | string | readonly JsonLike[] | { readonly [key: string]: JsonLike | undefined };

/** JSON with sorted keys and no spaces: equal values give equal text, so text can be hashed and compared. */
export function canonicalJson(value: JsonLike): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.keys(value)
      .sort()
      .flatMap((key) => {
        const member = value[key];
        return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`];
      });
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}

function isList(value: JsonLike): value is readonly JsonLike[] {
  return Array.isArray(value);
}
