/** Which headers a call of the playground may have. The dashboard's server sends it, so some headers are its own. */

const connection = "belongs to the connection between the dashboard's server and the gateway. Leave it out.";

/** Header in lower case -> why it is not sent. */
const refusals: ReadonlyMap<string, string> = new Map([
  ...[
    "connection",
    "content-length",
    "expect",
    "http2-settings",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ].map((name) => [name, connection] as const),
  ["host", "names the gateway. Leave it out; other hosts are refused by the gateway."],
  ["cookie", "could be one of the dashboard, which no application may see. Call the gateway itself to send cookies."],
  ["proxy-authorization", "is for a proxy, and there is none. Applications are asked with `authorization`."],
]);

/** Why the header cannot be sent, as a sentence that begins with its name in backticks; undefined when it can. */
export function judgePlaygroundHeader(name: string, value: string): string | undefined {
  const lower = name.toLowerCase();
  // RFC 9110 5.6.2: a token.
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower)) {
    return lower === ""
      ? "A header needs a name."
      : `${JSON.stringify(name)} is no name of a header: letters, digits, \`-\` and \`_\`, without spaces.`;
  }
  const refusal = refusals.get(lower);
  if (refusal !== undefined) return `\`${lower}\` ${refusal}`;
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    return `\`${lower}\` has a character that headers cannot have: write letters of other scripts percent-encoded.`;
  }
  return undefined;
}
