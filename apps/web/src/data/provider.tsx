"use client";

import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient } from "@trpc/client";
import { useState } from "react";
import type { ReactNode } from "react";
import type { AppRouter } from "@sluice/api";
import { createLinks } from "./links.ts";
import { needsLogin, problemOfError } from "./problem.ts";
import { TRPCProvider } from "./trpc.ts";

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error) => goToLogin(error) }),
    defaultOptions: {
      // The server is often this machine: without a network it still answers, and when it does not, the page must say so.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: 1000,
        refetchOnWindowFocus: true,
        // What the server refused will be refused again; what it did not answer is asked again.
        retry: (failures, error) => problemOfError(error) === undefined && failures < 2,
      },
    },
  });
}

/** An install with an admin token answers 401 without one. */
function goToLogin(error: unknown): void {
  if (!needsLogin(error) || window.location.pathname === "/login") return;
  window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
}

export function DataProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(() => createTRPCClient<AppRouter>({ links: createLinks() }));
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
