import { webRuntime } from "@/server/web-runtime.ts";

export const dynamic = "force-dynamic";

const handle = (request: Request): Promise<Response> => webRuntime().session(request);

export { handle as DELETE, handle as GET, handle as POST };
