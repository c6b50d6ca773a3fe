import { callHead, requestAnswer } from "@sluice/wire";
import { BodyCollector } from "../../src/handles/values/body-collector.ts";
import { decodeValue, encodeArguments, headersOfValue } from "../../src/handles/values/value-codec.ts";
import type { RunningHost } from "../running-host.ts";

/** A call as a handle makes it: typed arrays travel as bytes, in both directions. */
export async function callTyped(host: RunningHost, method: string, args: readonly unknown[]): Promise<unknown> {
  const { application, deployment, revision } = host.launch;
  const value = encodeArguments(args);
  const head = callHead({
    method,
    encoding: value.encoding,
    application,
    deployment,
    revision,
    requestId: "call-1",
    headers: headersOfValue(value) ?? [],
  });
  const body = Buffer.concat([value.document ?? Buffer.alloc(0), ...value.parts]);
  const answer = await requestAnswer(await host.connect(), head, body);
  if (answer.head.kind !== "call") throw new Error("not the answer of a call");
  const { encoding, error, headers } = answer.head;
  if (error !== undefined) throw Object.assign(new Error(error.message), { code: error.code });
  const collector = new BodyCollector(headers, 100_000_000);
  for await (const piece of answer.body) collector.push(piece);
  const { document, parts } = collector.finish();
  return decodeValue(encoding, document, parts);
}
