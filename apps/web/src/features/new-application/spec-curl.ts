import type { ApplicationSpecInput } from "@sluice/contracts";

/** The deploy as one command for a POSIX shell. */
export function specToCurl(
  spec: ApplicationSpecInput,
  { origin, message }: { readonly origin: string; readonly message: string },
): string {
  const query = message === "" ? "" : `?message=${encodeURIComponent(message)}`;
  const url = `${origin}/api/v1/applications/${encodeURIComponent(spec.name)}${query}`;
  return [
    `curl -X PUT ${quote(url)}`,
    `  -H ${quote("content-type: application/json")}`,
    `  -d ${quote(JSON.stringify(spec, null, 2))}`,
  ].join(" \\\n");
}

/** In single quotes nothing is special but the quote itself. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
