/** A request of the playground while a person edits it. Pure. */
import { judgePlaygroundHeader } from "@sluice/contracts";
import { z } from "zod";

export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

const HeaderRow = z.object({ name: z.string(), value: z.string() });
export type HeaderRow = z.infer<typeof HeaderRow>;

export const RequestDraft = z.object({
  method: z.enum(methods),
  path: z.string(),
  headers: z.array(HeaderRow),
  body: z.string(),
});
export type RequestDraft = z.infer<typeof RequestDraft>;

/** One sentence or undefined per row. A row without name and value is still to be filled in, and not sent. */
export function judgeHeaders(rows: readonly HeaderRow[]): readonly (string | undefined)[] {
  const seen = new Set<string>();
  return rows.map(({ name, value }) => {
    if (isBlank({ name, value })) return undefined;
    const lower = name.trim().toLowerCase();
    if (seen.has(lower)) return `\`${lower}\` is there already. Write its values into one, with commas.`;
    seen.add(lower);
    return judgePlaygroundHeader(name.trim(), value);
  });
}

/** GET has no body, and an empty one is none. */
export function bodyOf({ method, body }: RequestDraft): string | null {
  return method !== "GET" && body.trim() !== "" ? body : null;
}

/** What is sent: the rows, without those that cannot be, and the type of a body that says none itself. */
export function headersOf(draft: RequestDraft): Record<string, string> {
  const problems = judgeHeaders(draft.headers);
  const rows = draft.headers
    .filter((row, index) => !isBlank(row) && problems[index] === undefined)
    .map(({ name, value }) => [name.trim().toLowerCase(), value]);
  const headers = Object.fromEntries(rows) as Record<string, string>;
  return bodyOf(draft) === null || "content-type" in headers
    ? headers
    : { "content-type": "application/json", ...headers };
}

/** What is wrong with a body that says it is JSON. */
export function jsonProblem(draft: RequestDraft): string | undefined {
  const body = bodyOf(draft);
  if (body === null || !(headersOf(draft)["content-type"] ?? "").includes("json")) return undefined;
  try {
    JSON.parse(body);
    return undefined;
  } catch (error) {
    return `Not JSON: ${error instanceof Error ? error.message : String(error)}. It is sent as it stands.`;
  }
}

function isBlank({ name, value }: HeaderRow): boolean {
  return name.trim() === "" && value === "";
}
