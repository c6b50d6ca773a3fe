import { setTimeout as wait } from "node:timers/promises";
import { controllerPaths, JoinAnswer, leaderHeader, Problem } from "@sluice/contracts";
import type { NodeFacts } from "@sluice/contracts";
import { ConfigError, ControllerAddress } from "@sluice/observability";

export interface ExchangeOptions {
  readonly urls: readonly string[];
  readonly token: string;
  readonly facts: NodeFacts;
  /** Told why another try is made. */
  readonly onRetry: (reason: string) => void;
  readonly retryMs?: number;
  /** Rounds over all addresses. */
  readonly rounds?: number;
}

const answerTimeoutMs = 15_000;

/**
 * Spends the join token for this node's credential. What the controller refuses is final and said in its words; one that stands
 * by sends us to the leader; who does not answer is tried again, for a while, after the others.
 */
export async function exchangeToken(options: ExchangeOptions): Promise<string> {
  const { urls, onRetry, retryMs = 1_000, rounds = 30 } = options;
  let reason = "";
  const address = new ControllerAddress(urls);
  for (let round = 1; round <= rounds;) {
    const url = address.current;
    const outcome = await askOnce(url, options);
    if (outcome.kind === "joined") return outcome.credential;
    if (outcome.kind === "refused") throw new ConfigError(`${url} refuses this node: ${outcome.reason}`);
    reason = outcome.reason;
    onRetry(reason);
    const next = outcome.leader === null ? address.failed() : address.follow(outcome.leader);
    if (next === "at_once") continue;
    round += 1;
    if (round <= rounds) await wait(retryMs);
  }
  throw new ConfigError(`This node could not join. ${reason}`);
}

type Outcome =
  | { readonly kind: "joined"; readonly credential: string }
  | { readonly kind: "refused"; readonly reason: string }
  /** `leader`: where the one that stands by sends us. */
  | { readonly kind: "later"; readonly reason: string; readonly leader: string | null };

async function askOnce(url: string, { token, facts }: ExchangeOptions): Promise<Outcome> {
  try {
    const response = await fetch(`${url}${controllerPaths.join}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ node: facts }),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const body: unknown = await response.json();
    if (response.ok) return { kind: "joined", credential: JoinAnswer.parse(body).credential };
    const problem = Problem.safeParse(body);
    const reason = problem.success ? problem.data.detail : `it answered ${response.status}`;
    if (response.status < 500) return { kind: "refused", reason };
    return { kind: "later", reason, leader: response.headers.get(leaderHeader) };
  } catch (error) {
    return { kind: "later", reason: `${url} does not answer: ${reasonOf(error)}`, leader: null };
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const text = cause instanceof Error ? cause.message : String(cause);
  const isUntrusted = /certificate|self-signed/i.test(text);
  return isUntrusted ? `${text}. Name the authority that signed its certificate: --ca <file>` : text;
}
