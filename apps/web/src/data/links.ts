import { httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import type { TRPCLink } from "@trpc/client";
import superjson from "superjson";
import type { AppRouter } from "@sluice/api";

const url = "/api/trpc";

/** Calls travel in batches; the live stream is one server-sent-events connection. */
export function createLinks(): TRPCLink<AppRouter>[] {
  return [
    splitLink({
      condition: (operation) => operation.type === "subscription",
      true: httpSubscriptionLink({ url, transformer: superjson }),
      false: httpBatchLink({ url, transformer: superjson, maxURLLength: 6000 }),
    }),
  ];
}
