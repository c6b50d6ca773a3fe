/** A path of the Open Inference Protocol, version 2. */
export type ModelPath =
  | { readonly kind: "server" | "live" | "server_ready" | "list" | "index" | "unknown" }
  | {
      readonly kind: "model";
      readonly model: string;
      /** "" = any. */
      readonly version: string;
      readonly verb: "metadata" | "ready" | "infer" | "other";
    };

const serverPaths: Readonly<Record<string, "server" | "live" | "server_ready" | "list" | "index">> = {
  "/v2": "server",
  "/v2/health/live": "live",
  "/v2/health/ready": "server_ready",
  "/v2/models": "list",
  "/v2/repository/index": "index",
};

/** Requests for a model come in rows: the last path read is kept. */
let lastInfer: { readonly path: string; readonly parsed: ModelPath } | undefined;
const longestKept = 512;

/** Reads `/v2...`; undefined for every other path. A `/` at the end changes nothing. */
export function parseModelPath(path: string): ModelPath | undefined {
  if (!path.startsWith("/v2") || (path.length > 3 && path[3] !== "/")) return undefined;
  const hot = lastInfer;
  if (hot !== undefined && hot.path === path) return hot.parsed;
  const parsed = parsePlain(path.endsWith("/") ? path.slice(0, -1) : path);
  if (parsed.kind === "model" && path.length <= longestKept) lastInfer = { path, parsed };
  return parsed;
}

function parsePlain(plain: string): ModelPath {
  const server = Object.hasOwn(serverPaths, plain) ? serverPaths[plain] : undefined;
  if (server !== undefined) return { kind: server };
  const [, , models, name = "", ...rest] = plain.split("/");
  const model = decodeSegment(name);
  if (models !== "models" || model === "") return { kind: "unknown" };
  const isVersioned = rest[0] === "versions" && rest[1] !== undefined;
  const version = isVersioned ? decodeSegment(rest[1] ?? "") : "";
  return { kind: "model", model, version, verb: verbOf(isVersioned ? rest.slice(2) : rest) };
}

function verbOf(rest: readonly string[]): "metadata" | "ready" | "infer" | "other" {
  const [verb, ...more] = rest;
  if (verb === undefined) return "metadata";
  return more.length === 0 && (verb === "ready" || verb === "infer") ? verb : "other";
}

/** A segment that is no valid encoding names nothing that exists: it stays as it is. */
function decodeSegment(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
