import { SluiceError } from "@sluice/contracts";
import type { PlaygroundBody } from "@sluice/contracts";
import type { GatewayPort } from "@sluice/api";

/** Sends to one gateway, whose address is configured, and to nothing else: redirects are answered, not followed. */
export function createGatewayClient(gatewayUrl: string): GatewayPort {
  const origin = new URL(gatewayUrl).origin;
  return {
    url: gatewayUrl.replace(/\/+$/, ""),
    async send({ method, path, headers, body, timeoutMs, limitBytes }) {
      const startedMs = performance.now();
      try {
        const response = await fetch(`${origin}${path}`, {
          method,
          headers,
          body: body === null ? null : Buffer.from(body),
          redirect: "manual",
          signal: AbortSignal.timeout(timeoutMs),
        });
        const bytes = await readLimited(response, limitBytes);
        return {
          status: response.status,
          headers: Object.fromEntries(response.headers),
          body: bodyOf(bytes, response.headers.get("content-type")),
          duration_ms: performance.now() - startedMs,
        };
      } catch (error) {
        throw translate(error, origin, timeoutMs);
      }
    },
  };
}

async function readLimited(response: Response, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > limitBytes) {
      throw new SluiceError({
        code: "request/too_large",
        publicMessage: `The answer is larger than the ${limitBytes / 1024 ** 2} MiB that the playground shows. Call the gateway itself.`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Text when it says so or is valid UTF-8 without control characters; else base64. */
function bodyOf(bytes: Buffer, contentType: string | null): PlaygroundBody {
  try {
    const data = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const isText = /^text\/|json|xml|javascript|x-www-form-urlencoded/i.test(contentType ?? "");
    if (isText || !data.includes("\0")) return { encoding: "text", data };
  } catch {
    return { encoding: "base64", data: bytes.toString("base64") };
  }
  return { encoding: "base64", data: bytes.toString("base64") };
}

function translate(error: unknown, origin: string, timeoutMs: number): unknown {
  if (error instanceof SluiceError) return error;
  if (error instanceof Error && error.name === "TimeoutError") {
    return new SluiceError({
      code: "gateway/deadline",
      publicMessage: `The application did not answer within ${timeoutMs / 1000} s.`,
      cause: error,
    });
  }
  return new SluiceError({
    code: "gateway/not_ready",
    publicMessage: `The gateway at ${origin} cannot be reached.`,
    cause: error,
  });
}
