import { TRPCClientError } from "@trpc/client";
import type { Problem } from "@sluice/contracts";
import type { AppRouter } from "@sluice/api";

function isOurs(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}

/** The problem body that the server sent with an error, if it answered at all. */
export function problemOfError(error: unknown): Problem | undefined {
  return isOurs(error) ? error.data?.problem : undefined;
}

/** One sentence for a person. A server that did not answer is told apart from one that said no. */
export function sentenceOf(error: unknown): string {
  const problem = problemOfError(error);
  if (problem !== undefined) return problem.detail;
  if (isOurs(error)) return "The server did not answer. Is Sluice still running?";
  return error instanceof Error ? error.message : "Something went wrong.";
}

export function isNotFound(error: unknown): boolean {
  return problemOfError(error)?.status === 404;
}

export function needsLogin(error: unknown): boolean {
  return problemOfError(error)?.status === 401;
}
