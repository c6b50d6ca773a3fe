/** A small client of the Open Inference Protocol: what a test sends, and what came back, header and binary part apart. */
import { httpRequestHead, requestAnswer } from "@sluice/wire";
import type { ClientConnection } from "@sluice/wire";
import type { RunningHost } from "../running-host.ts";

export interface ProtocolAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON part. */
  readonly json: Record<string, unknown>;
  readonly binary: Buffer;
}

export interface ProtocolRequest {
  readonly method?: string;
  readonly headers?: readonly string[];
  /** JSON part; text is sent as it is. */
  readonly json?: unknown;
  /** With it the header that tells the length of the JSON part is sent. */
  readonly binary?: readonly Uint8Array[];
  readonly revision?: number;
  readonly connection?: ClientConnection;
}

/** `path` is below the route: `/v2/models/...`. */
export async function ask(host: RunningHost, path: string, given: ProtocolRequest = {}): Promise<ProtocolAnswer> {
  const { method = given.json === undefined ? "GET" : "POST", json, binary, headers = [] } = given;
  const text = typeof json === "string" ? json : JSON.stringify(json);
  const head = Buffer.from(json === undefined ? "" : text);
  const lengthHeader = binary === undefined ? [] : ["inference-header-content-length", String(head.length)];
  const { application, deployment, revision } = host.launch;
  const request = httpRequestHead({
    method,
    target: `/app${path}`,
    requestId: "req-1",
    application,
    deployment,
    revision: given.revision ?? revision,
    route: "/app",
    headers: ["host", "example.test", ...lengthHeader, ...headers],
  });
  const body = Buffer.concat([head, ...(binary ?? [])]);
  const answer = await requestAnswer(given.connection ?? (await host.connect()), request, body);
  const bytes = await answer.body.collect(100_000_000);
  if (answer.head.kind !== "http") throw new Error("not an HTTP answer");
  const pairs = answer.head.headers;
  const answered = Object.fromEntries(pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1] ?? ""]] : [])));
  const jsonBytes = Number(answered["inference-header-content-length"] ?? bytes.length);
  return {
    status: answer.head.status,
    headers: answered,
    json: JSON.parse(bytes.subarray(0, jsonBytes).toString()) as Record<string, unknown>,
    binary: bytes.subarray(jsonBytes),
  };
}

export interface WireTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data?: readonly unknown[];
  readonly parameters?: { readonly binary_data_size: number };
}

export function outputsOf(answer: ProtocolAnswer): readonly WireTensor[] {
  if (answer.status !== 200) throw new Error(`status ${answer.status}: ${JSON.stringify(answer.json)}`);
  return answer.json["outputs"] as WireTensor[];
}
