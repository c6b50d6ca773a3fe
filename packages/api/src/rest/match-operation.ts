import type { Operation } from "./operation.ts";

export type OperationMatch =
  | { readonly kind: "found"; readonly operation: Operation; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "method_not_allowed"; readonly allow: readonly string[] }
  | { readonly kind: "not_found" };

/** Finds the operation for a method and a path below `/api/v1`. HEAD is answered like GET. */
export function matchOperation(operations: readonly Operation[], method: string, path: string): OperationMatch {
  const wanted = method === "HEAD" ? "GET" : method;
  const allow = new Set<string>();
  for (const operation of operations) {
    const params = matchPath(operation.path, path);
    if (params === null) continue;
    if (operation.method === wanted) return { kind: "found", operation, params };
    allow.add(operation.method);
    if (operation.method === "GET") allow.add("HEAD");
  }
  return allow.size === 0 ? { kind: "not_found" } : { kind: "method_not_allowed", allow: [...allow].sort() };
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? "";
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== text) return null;
    } else {
      const decoded = decode(text);
      if (decoded === null || decoded === "") return null;
      params[name] = decoded;
    }
  }
  return params;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
