import type { z } from "zod";

export type ParsedFrame<In> =
  { readonly ok: true; readonly value: In } | { readonly ok: false; readonly reason: string };

/** Reads a JSON text frame; the reason names what does not fit and where. */
export function parseFrame<In>(schema: z.ZodType<In>, data: Buffer): ParsedFrame<In> {
  let raw: unknown;
  try {
    raw = JSON.parse(data.toString("utf8"));
  } catch (error) {
    return { ok: false, reason: `a frame is not JSON: ${error instanceof Error ? error.message : "unreadable"}` };
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  return {
    ok: false,
    reason: `a frame does not fit its schema at ${issue?.path.join(".") ?? "?"}: ${issue?.message ?? ""}`,
  };
}
