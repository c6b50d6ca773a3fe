import { Problem } from "@sluice/contracts";

/** Any answer of the REST API that is not a success. `problem` is its body, so `problem.errors` names the wrong fields. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    // A detail that tells an issue in full is not followed by it once more.
    const fields = (problem.errors ?? [])
      .map((issue) => `${issue.pointer}: ${issue.detail}`)
      .filter((field) => !problem.detail.includes(field));
    super([problem.detail, ...fields].join("\n"));
    this.name = "ApiError";
    this.status = problem.status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/** Reads the problem body; an answer that has none (a proxy in between, say) becomes one with its status and text. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  const parsed = Problem.safeParse(parseJson(text));
  if (parsed.success) return new ApiError(parsed.data);
  return new ApiError({
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: `The server answered ${response.status}: ${text.slice(0, 500)}`,
    code: "internal",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller keeps the text.
    return undefined;
  }
}
