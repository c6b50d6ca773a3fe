"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ApplicationSpec, RevisionView } from "@sluice/contracts";
import { sentenceOf } from "@/data/problem.ts";
import { useTRPC } from "@/data/trpc.ts";
import { shortHash } from "@/format/numbers.ts";
import type { AskedSuggestion } from "./asked-suggestion.ts";
import { draftOfSpec, setSuggestion, withDescription } from "./draft.ts";
import type { Draft, DraftSource } from "./draft.ts";

/** The form of an application's target revision, as the start of a new one. */
export function useExistingDraft(
  name: string | null,
  suggested: AskedSuggestion | null,
): {
  readonly draft: Draft | null;
  readonly loading: boolean;
  readonly problem: string | null;
} {
  const trpc = useTRPC();
  const options = { enabled: name !== null, staleTime: Infinity };
  const application = useQuery(trpc.applications.get.queryOptions({ name: name ?? "" }, options));
  const number = application.data?.target_revision ?? 0;
  const revision = useQuery(
    trpc.applications.revision.queryOptions({ name: name ?? "", number }, { ...options, enabled: number > 0 }),
  );
  const bundles = useQuery(trpc.bundles.list.queryOptions({ limit: 500 }, options));
  const draft = useMemo(() => {
    if (name === null || revision.data === undefined || bundles.isPending) return null;
    const sha256 = bundleOfSpec(revision.data.spec);
    const bundle = bundles.data?.items.find((one) => one.sha256 === sha256);
    const source = sourceOf(revision.data, sha256, bundle?.name, bundle?.size_bytes);
    const known = withDescription(draftOfSpec(revision.data.spec, source), source.description, source.describeError);
    return suggested === null ? known : setSuggestion(known, suggested.deployment, suggested.suggestion);
  }, [name, revision.data, bundles.isPending, bundles.data, suggested]);
  const error = application.error ?? revision.error;
  return {
    draft,
    loading: name !== null && draft === null && error === null,
    problem: error === null ? null : sentenceOf(error),
  };
}

/** sha256 of the first bundle a spec names. */
function bundleOfSpec(spec: ApplicationSpec): string {
  const reference =
    spec.runtime_env.working_dir ?? spec.deployments.find((deployment) => deployment.model !== undefined)?.model ?? "";
  return /^bundle:([0-9a-f]{64})/.exec(reference)?.[1] ?? "";
}

function sourceOf(
  revision: RevisionView,
  sha256: string,
  name: string | undefined,
  sizeBytes: number | undefined,
): DraftSource {
  return {
    sha256,
    name: name ?? `bundle ${shortHash(sha256)}`,
    kind: revision.spec.runtime_env.working_dir === undefined ? "onnx" : "zip",
    sizeBytes: sizeBytes ?? null,
    description: revision.description,
    describeError: revision.stage === "describe_failed" ? revision.stage_message : null,
  };
}
