import { playgroundLimitBytes, playgroundTimeoutMs, SluiceError } from "@sluice/contracts";
import type { PlaygroundAnswer, PlaygroundBody, PlaygroundSend } from "@sluice/contracts";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { findApplication } from "../applications/find-application.ts";
import { confinePath } from "./confine-path.ts";
import { readHeaders } from "./read-headers.ts";

/** One request to an application, sent by the dashboard's server to its gateway, so that a browser needs no other origin. */
export async function sendPlayground(
  deps: ApiDeps,
  principal: Principal,
  input: PlaygroundSend,
): Promise<PlaygroundAnswer> {
  authorize(principal, "invoke", { type: "application", id: input.application });
  const application = await findApplication(deps, input.application);
  if (application.routePrefix === null) {
    throw new SluiceError({
      code: "route/not_found",
      publicMessage: `Application \`${application.name}\` has no route prefix, so no gateway serves it.`,
    });
  }
  const body = input.method === "GET" || input.method === "HEAD" ? null : bytesOf(input.body);
  if (body !== null && body.byteLength > playgroundLimitBytes) {
    throw new SluiceError({ code: "request/too_large", publicMessage: "The playground sends at most 10 MiB." });
  }
  return await deps.gateway.send({
    method: input.method,
    path: confinePath(application.routePrefix, input.path),
    headers: readHeaders(input.headers),
    body,
    timeoutMs: playgroundTimeoutMs,
    limitBytes: playgroundLimitBytes,
  });
}

function bytesOf(body: PlaygroundBody | undefined): Uint8Array | null {
  if (body === undefined) return null;
  return Buffer.from(body.data, body.encoding === "base64" ? "base64" : "utf8");
}
