"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { ApplicationSpec } from "@sluice/contracts";
import type { ApplicationSpecInput, FieldIssue, PlanView } from "@sluice/contracts";
import { problemOfError, sentenceOf } from "@/data/problem.ts";
import { useTRPC, useTRPCClient } from "@/data/trpc.ts";
import { specOfDraft } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { standingIssues } from "./judged-issues.ts";
import type { Judgement } from "./judged-issues.ts";

/** Long enough not to ask at every key, short enough to feel immediate. */
const settleMs = 250;

export interface Validation {
  readonly spec: ApplicationSpecInput;
  /** First issue per JSON pointer. */
  readonly issues: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  readonly plan: PlanView | undefined;
  readonly planProblem: string | undefined;
  /** The newest keystrokes are not planned yet. */
  readonly planning: boolean;
}

/** Checks the draft here at every keystroke, and on the server (routes taken, options refused, plan) when it settles. */
export function useValidation(draft: Draft): Validation {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { spec, issues: unreadable } = useMemo(() => specOfDraft(draft), [draft]);
  const localIssues = useMemo(() => [...unreadable, ...issuesOfSpec(spec)], [spec, unreadable]);
  const settled = useSettled(spec);
  const isLocallyFine = localIssues.length === 0;

  const remote = useQuery(
    trpc.spec.validate.queryOptions({ spec: settled }, { placeholderData: keepPreviousData, staleTime: 5000 }),
  );
  const plan = useQuery({
    queryKey: ["plan", settled, draft.source.description === null],
    queryFn: ({ signal }) => client.applications.plan.mutate({ name: settled.name, spec: settled }, { signal }),
    enabled: isLocallyFine && settled === spec,
    placeholderData: keepPreviousData,
    staleTime: 2000,
    // Room on nodes changes without us.
    refetchInterval: 5000,
    retry: false,
  });
  const [judgement, setJudgement] = useState<Judgement | null>(null);
  // What is kept from before is about another draft: not until the answer is there does it speak of this one.
  if (remote.data !== undefined && !remote.isPlaceholderData && judgement?.issues !== remote.data.issues) {
    setJudgement({ spec: settled, issues: remote.data.issues });
  }
  const planProblem = plan.isError ? problemOfError(plan.error) : undefined;

  const issues = new Map<string, string>();
  const planIssues = settled === spec ? (planProblem?.errors ?? []) : [];
  const serverIssues = [...standingIssues(judgement, spec), ...planIssues];
  for (const issue of [...localIssues, ...serverIssues])
    if (!issues.has(issue.pointer)) issues.set(issue.pointer, issue.detail);
  return {
    spec,
    issues,
    warnings: [...new Set([...(remote.data?.warnings ?? []), ...(plan.data?.warnings ?? [])])],
    plan: isLocallyFine ? plan.data : undefined,
    planProblem: plan.isError && (planProblem?.errors ?? []).length === 0 ? sentenceOf(plan.error) : undefined,
    planning: settled !== spec || plan.isFetching,
  };
}

function issuesOfSpec(spec: ApplicationSpecInput): FieldIssue[] {
  const parsed = ApplicationSpec.safeParse(spec);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({
    pointer: `#/${issue.path.map(String).join("/")}`,
    detail: issue.message,
  }));
}

/** The newest value once it has not changed for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
