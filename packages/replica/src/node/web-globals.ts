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

const names = ["Request", "Response", "fetch"] as const;

type WebGlobals = Pick<typeof globalThis, (typeof names)[number]>;

/** Undefined until somebody has asked for one of them: until then nobody can have made a Response either. */
let realResponse: typeof Response | undefined;

/** `instanceof Response`, without loading the class where nothing has used it. */
export function isResponse(value: unknown): value is Response {
  return realResponse !== undefined && value instanceof realResponse;
}

/**
 * Makes this process's Request, Response and fetch work with lazy requests: `new Request(request)` and `fetch(request)`
 * (a proxying handler) get the real one, and a Response remembers the content it was made of. They are loaded when code
 * first asks for one, because they take 12 MB and 40 ms that many replicas never need. The host owns its process, so
 * replacing globals touches nobody else. Called once, before user code is imported.
 */
export function prepareWebGlobals(): void {
  const owners = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  const define = (name: string, value: unknown): void =>
    void Object.defineProperty(globalThis, name, { value, configurable: true, enumerable: false, writable: true });
  const load = (): void => {
    for (const [name, owner] of owners) if (owner !== undefined) Object.defineProperty(globalThis, name, owner);
    for (const [name, value] of Object.entries(wrapGlobals(globalThis))) define(name, value);
    Object.setPrototypeOf(LazyRequest.prototype, globalThis.Request.prototype);
  };
  for (const name of names) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get: () => {
        load();
        return globalThis[name];
      },
      set: (value: unknown) => {
        load();
        define(name, value);
      },
    });
  }
}

function wrapGlobals({ Request: RealRequest, Response: RealResponse, fetch: realFetch }: WebGlobals): WebGlobals {
  realResponse = RealResponse;
  return {
    Request: new Proxy(RealRequest, {
      construct: (target, args: unknown[], newTarget) => {
        const [input, ...rest] = args;
        return Reflect.construct(target, [unwrap(input), ...rest], newTarget) as object;
      },
    }),
    fetch: async (input, init) => {
      const response = await realFetch(unwrap(input) as string | URL | Request, init);
      if (response.headers.has("content-encoding") && response.body !== null) decodedBodies.add(response.body);
      return response;
    },
    Response: new Proxy(RealResponse, {
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
    }),
  };
}

function unwrap(input: unknown): unknown {
  return input instanceof LazyRequest ? input.toRequest() : input;
}
