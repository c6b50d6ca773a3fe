import type { z } from "zod";
import { SluiceError } from "@sluice/contracts";
import { mediaType } from "../http/judge-request.ts";
import { issuesOfZodError } from "../spec/zod-issues.ts";
import type { BodyKind } from "./operation.ts";

/** Specs and bodies are small; only bundles are streamed. */
const textLimitBytes = 4 * 1024 * 1024;

const yamlTypes = ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "application/vnd.yaml"];

export interface ReadBody {
  /** What the handler gets. */
  readonly value: unknown;
  /** The text as received, for the fingerprint of an idempotent call; null for a stream. */
  readonly text: string | null;
}

export async function readBody(request: Request, body: BodyKind | null): Promise<ReadBody> {
  if (body === null) return { value: null, text: "" };
  const type = mediaType(request.headers.get("content-type"));
  if (body.kind === "bytes") {
    requireType(type, body.contentTypes);
    return { value: { contentType: type, chunks: chunksOf(request) }, text: null };
  }
  requireType(type, body.kind === "spec" ? ["application/json", ...yamlTypes] : ["application/json"]);
  const text = await readText(request);
  if (body.kind === "spec") return { value: type === "application/json" ? parseJson(text) : text, text };
  return { value: parseWith(body.schema, parseJson(text)), text };
}

function requireType(type: string, accepted: readonly string[]): void {
  if (accepted.includes(type)) return;
  throw new SluiceError({
    code: "request/unsupported_media_type",
    publicMessage: `Send ${accepted.slice(0, 2).join(" or ")}${type === "" ? "; no content type was given" : `, not \`${type}\``}.`,
  });
}

function parseWith(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = issuesOfZodError(parsed.error);
  const publicMessage = `The body is not valid. ${issues.map((issue) => `${issue.pointer}: ${issue.detail}`).join(" ")}`;
  throw new SluiceError({ code: "spec/invalid", publicMessage, issues });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it cannot be read";
    throw new SluiceError({ code: "request/invalid", publicMessage: `The body is not valid JSON: ${reason}` });
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of chunksOf(request)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > textLimitBytes) {
      throw new SluiceError({ code: "request/too_large", publicMessage: "A body may have at most 4 MiB." });
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new SluiceError({ code: "request/invalid", publicMessage: "The body is not UTF-8 text.", cause });
  }
}

async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Of a body that is not wanted to its end, the rest is not read.
    await reader.cancel().catch(() => undefined);
  }
}
