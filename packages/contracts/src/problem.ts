import { z } from "zod";
import { isSluiceError } from "./error.ts";

/** RFC 9457 body of every REST error. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

export const problemContentType = "application/problem+json";

/** Translates any thrown value. What is not a SluiceError becomes a plain 500 whose text is hidden. */
export function problemOf(error: unknown, requestId?: string): Problem {
  const known = isSluiceError(error) ? error : undefined;
  const code = known?.code ?? "internal";
  return {
    type: `urn:sluice:error:${code.replaceAll("/", ":")}`,
    title: code.replaceAll("/", ": ").replaceAll("_", " "),
    status: known?.status ?? 500,
    detail: known?.publicMessage ?? "Something went wrong inside Sluice. The request id finds the log line.",
    code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(known && known.issues.length > 0 ? { errors: known.issues.map((issue) => ({ ...issue })) } : {}),
  };
}
