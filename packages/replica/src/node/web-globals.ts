import { LazyRequest } from "./lazy-request.ts";

/** Bodies of answers whose content was at hand when they were made: they need not be read back through a stream. */
const wholeBodies = new WeakMap<Response, string | Uint8Array | null>();

/** Bodies that `fetch` received compressed and gives out decompressed. */
const decodedBodies = new WeakSet<ReadableStream>();

/**
 * True when the body is one that `fetch` has decompressed: the answer of `fetch` itself, or a Response made of its body,
 * as proxies do. Such a body no longer is what its `content-encoding` says.
 */
export function isDecodedBody(response: Response): boolean {
  if (response.body === null) return false;
  return decodedBodies.has(response.body) || (response.url !== "" && response.headers.has("content-encoding"));
}

/** The body a Response was made of, if that is a string, bytes or nothing and still untouched. */
export function wholeBodyOf(response: Response): string | Uint8Array | null | undefined {
  return response.bodyUsed || response.body?.locked === true ? undefined : wholeBodies.get(response);
}

/**
 * Makes this process's Request, Response and fetch work with lazy requests: `new Request(request)` and `fetch(request)`
 * (a proxying handler) get the real one, and a Response remembers the content it was made of. The host owns its process,
 * so replacing globals touches nobody else. Called once, before user code is imported.
 */
export function prepareWebGlobals(): void {
  const RealRequest = globalThis.Request;
  const RealResponse = globalThis.Response;
  const realFetch = globalThis.fetch;

  globalThis.Request = new Proxy(RealRequest, {
    construct: (target, args: unknown[], newTarget) => {
      const [input, ...rest] = args;
      return Reflect.construct(target, [unwrap(input), ...rest], newTarget) as object;
    },
  });
  globalThis.fetch = async (input, init) => {
    const response = await realFetch(unwrap(input) as string | URL | Request, init);
    if (response.headers.has("content-encoding") && response.body !== null) decodedBodies.add(response.body);
    return response;
  };
  globalThis.Response = new Proxy(RealResponse, {
    construct: (target, args: unknown[], newTarget) => {
      const response = Reflect.construct(target, args, newTarget) as Response;
      const [body] = args;
      if (typeof body === "string" || body instanceof Uint8Array) wholeBodies.set(response, body);
      else if (body === undefined || body === null) wholeBodies.set(response, null);
      return response;
    },
    get: (target, name, receiver) => {
      if (name !== "json") return Reflect.get(target, name, receiver) as unknown;
      return (data: unknown, init?: ResponseInit): Response => {
        const headers = new Headers(init?.headers);
        if (!headers.has("content-type")) headers.set("content-type", "application/json");
        return new globalThis.Response(JSON.stringify(data), { ...init, headers });
      };
    },
  });
}

function unwrap(input: unknown): unknown {
  return input instanceof LazyRequest ? input.toRequest() : input;
}
