import { webRuntime } from "@/server/web-runtime.ts";

export const dynamic = "force-dynamic";

const handle = (request: Request): Promise<Response> => webRuntime().trpc(request);

export { handle as GET, handle as POST };
