/**
 * What the route handlers call. Next bundles them apart from `main.ts`, so the two meet in one place of the process: main
 * builds the runtime once, with its database and its clients, and the handlers only pass requests on.
 */
export interface WebRuntime {
  rest(request: Request): Promise<Response>;
  trpc(request: Request): Promise<Response>;
  session(request: Request): Promise<Response>;
}

const place = Symbol.for("sluice.web.runtime");
const holder = globalThis as { [place]?: WebRuntime };

export function setWebRuntime(runtime: WebRuntime): void {
  holder[place] = runtime;
}

export function webRuntime(): WebRuntime {
  const runtime = holder[place];
  if (runtime === undefined) throw new Error("The web server was not started through its main.ts.");
  return runtime;
}
