"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { BundleDescription } from "@sluice/contracts";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPCClient } from "@/data/trpc.ts";
import type { Draft } from "./draft.ts";
import { readField } from "./read-field.ts";

const settleMs = 500;

export interface CodeDescription {
  readonly inspecting: boolean;
  readonly description: BundleDescription | null;
  readonly problem: string | null;
}

/** Asks a node what a bundle of code declares, whenever its import path, arguments or environment change. */
export function useCodeDescription(draft: Draft | null): CodeDescription {
  const client = useTRPCClient();
  const isCode = draft?.source.kind === "zip";
  const ask = isCode ? JSON.stringify([draft.source.sha256, draft.importPath.trim(), draft.args, draft.envVars]) : null;
  const [settled, setSettled] = useState(ask);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(ask), settleMs);
    return () => clearTimeout(timer);
  }, [ask]);
  const query = useQuery({
    queryKey: ["describe", settled],
    enabled: settled !== null && settled === ask && /^.+[:.].+$/.test(draft?.importPath ?? ""),
    staleTime: Infinity,
    retry: false,
    queryFn: ({ signal }) =>
      client.bundles.describe.mutate(
        {
          sha256: draft?.source.sha256 ?? "",
          runtime: "node",
          import_path: draft?.importPath.trim(),
          args: objectOf(draft?.args ?? ""),
          env_vars: objectOf(draft?.envVars ?? ""),
        },
        { signal },
      ),
  });
  return {
    inspecting: query.isFetching,
    description: query.data ?? null,
    problem: query.isError && !query.isFetching ? sentenceOf(query.error) : null,
  };
}

/** What was typed as JSON object; anything else is for the form to refuse. */
function objectOf(text: string): Record<string, never> {
  const reading = readField(text, "json");
  const isObject = reading.state === "value" && typeof reading.value === "object" && reading.value !== null;
  return isObject ? (reading.value as Record<string, never>) : {};
}
