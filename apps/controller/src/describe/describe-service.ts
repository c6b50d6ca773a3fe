/**
 * Finds out what a bundle contains: asks one ready node, keeps the answer, and finishes the revisions that waited for it. Equal
 * questions are asked once. A node that is lost meanwhile is no answer; the next one is asked.
 */
import {
  describeWithoutNode,
  planDescribe,
  type DescribeAnswer,
  type DescribeRequest,
  type DescribeResult,
} from "@sluice/contracts";
import {
  completeRevision,
  describeKey,
  fenced,
  getBundleDescription,
  getRevision,
  listRevisionsInStage,
  notify,
  saveBundleDescription,
  type Revision,
} from "@sluice/db";
import type { AgentSession } from "../agents/agent-session.ts";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import { within } from "../order/within.ts";

export interface DescribeServiceOptions {
  readonly context: LeaderContext;
  readonly projectId: string;
  readonly agents: AgentSessions;
  readonly onCompleted: (applicationId: string) => void;
}

/** An agent ends a describe process after 25 s; a silent one is not waited for much longer. */
const answerTimeoutMs = 40_000;

export class DescribeService {
  readonly #options: DescribeServiceOptions;
  readonly #running = new Map<string, Promise<DescribeResult | null>>();
  /** Revisions whose answer is being waited for. */
  readonly #completing = new Set<string>();
  /** Asked for while they were being completed. */
  readonly #askedAgain = new Set<string>();

  constructor(options: DescribeServiceOptions) {
    this.#options = options;
  }

  /** The kept answer, or a node's within `timeoutMs`; afterwards describing goes on and the answer is kept. */
  async describe(request: DescribeRequest, timeoutMs: number): Promise<DescribeAnswer> {
    if (this.#options.agents.all().length === 0 && (await this.#kept(request)) === null) {
      return { result: null, reason: "No node is connected, so nothing can inspect the code yet." };
    }
    const result = await within(this.#ask(request), timeoutMs);
    if (result === "late") return { result: null, reason: "A node is still inspecting the code." };
    return result === null ? { result, reason: "No node could inspect the code yet." } : { result, reason: "" };
  }

  /** Finishes every revision in stage `describing` whose answer is, or becomes, known. Many calls at once are one look. */
  async completeRevisions(): Promise<void> {
    const waiting = await listRevisionsInStage(this.#options.context.database, "describing");
    const fresh = waiting.filter((revision) => !this.#completing.has(revision.id));
    for (const { id } of waiting) if (this.#completing.has(id)) this.#askedAgain.add(id);
    await Promise.all(fresh.map((revision) => this.#complete(revision)));
  }

  async #complete(revision: Revision): Promise<void> {
    const { context, onCompleted } = this.#options;
    this.#completing.add(revision.id);
    try {
      const result = await this.#resultFor(revision);
      if (result === null) {
        this.#completing.delete(revision.id);
        return await this.#completeAgain(revision);
      }
      this.#askedAgain.delete(revision.id);
      await fenced(context.database, context.epoch, async (tx) => {
        // Once only: it may have been completed, or be gone, since it was listed.
        const current = await getRevision(tx, revision.applicationId, revision.number);
        if (current?.stage !== "describing") return;
        await completeRevision(tx, revision, result);
        await notify(tx, "sluice_status", { applicationId: revision.applicationId });
      });
      onCompleted(revision.applicationId);
    } finally {
      this.#completing.delete(revision.id);
    }
  }

  /** A node may have come while it was found that there is none to ask. */
  async #completeAgain(revision: Revision): Promise<void> {
    if (this.#askedAgain.delete(revision.id)) await this.#complete(revision);
  }

  async #resultFor(revision: Revision): Promise<DescribeResult | null> {
    const plan = planDescribe(revision.spec);
    if (plan.ok) return this.#ask(plan.request);
    return { ok: false, message: plan.issues.map((issue) => `${issue.pointer}: ${issue.detail}`).join(" ") };
  }

  /** Null when no node could be asked or none answered. */
  #ask(request: DescribeRequest): Promise<DescribeResult | null> {
    const key = describeKey(request);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const asked = this.#askNodes(key, request).finally(() => this.#running.delete(key));
    this.#running.set(key, asked);
    return asked;
  }

  async #askNodes(key: string, request: DescribeRequest): Promise<DescribeResult | null> {
    const { context, projectId, agents } = this.#options;
    const kept = await this.#kept(request);
    if (kept !== null) return kept;
    const asked = new Set<AgentSession>();
    for (let session = pickAgent(agents.all(), asked); session !== null; session = pickAgent(agents.all(), asked)) {
      asked.add(session);
      const result = await within(agents.describe(session, request), answerTimeoutMs);
      if (result === null || result === "late") continue;
      await fenced(context.database, context.epoch, (tx) =>
        saveBundleDescription(tx, { key, projectId, request, result }),
      );
      return result;
    }
    return null;
  }

  /**
   * Known without a node, or kept. A failure is not kept for good: the node's environment may have been at fault, so a new
   * question asks again.
   */
  async #kept(request: DescribeRequest): Promise<DescribeResult | null> {
    const plain = describeWithoutNode(request);
    if (plain !== null) return { ok: true, description: plain };
    const kept = await getBundleDescription(this.#options.context.database, describeKey(request));
    return kept?.ok === true ? kept : null;
  }
}

/** The least busy agent that was not asked yet. */
function pickAgent(sessions: readonly AgentSession[], asked: ReadonlySet<AgentSession>): AgentSession | null {
  const candidates = sessions.filter((session) => !asked.has(session));
  return candidates.sort((a, b) => a.describing.size - b.describing.size)[0] ?? null;
}
