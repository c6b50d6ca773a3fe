/**
 * What agents report about their nodes and replicas. Reports that arrive together are written together: a thousand agents
 * that come to a new leader are a few transactions. Reports of one node are taken in their order. Nothing here moves a
 * replica backwards.
 */
import { isSluiceError, type NodeFacts, type ReplicaObservation } from "@sluice/contracts";
import { emptyBatch, StaleRowsError, type StatusBatch } from "@sluice/db";
import type { LeaderParts } from "../leader/leader-context.ts";
import { GroupWork } from "../order/group-work.ts";
import { foldReports, type ReportFold } from "./fold-reports.ts";
import { MemberReports } from "./member-reports.ts";

export interface Report {
  readonly nodeId: string;
  /** Of a hello. */
  readonly facts: NodeFacts | null;
  readonly replicas: readonly ReplicaObservation[];
  /** There are no others on the node. */
  readonly isFull: boolean;
  readonly onSaved?: (isSaved: boolean) => void;
}

export interface ReportInboxOptions {
  readonly context: LeaderParts;
  readonly projectId: string;
  /** The plans of these applications may differ now. */
  readonly onChange: (applicationIds: ReadonlySet<string>) => void;
}

/** Reports written in one transaction at most. */
const maxReports = 250;
/** Tries at rows that somebody else changed; each builds on what is there then. */
const writeTries = 5;

export class ReportInbox {
  readonly #options: ReportInboxOptions;
  readonly #work: GroupWork<Report>;
  readonly #members = new MemberReports();

  constructor(options: ReportInboxOptions) {
    this.#options = options;
    this.#work = new GroupWork(
      (reports) => this.#take(reports),
      (error) => options.context.logger.warn({ err: error }, "reports were not taken"),
    );
  }

  add(report: Report): void {
    this.#work.add(report);
  }

  async stop(): Promise<void> {
    await this.#work.stop();
  }

  async #take(reports: readonly Report[]): Promise<void> {
    for (let at = 0; at < reports.length; at += maxReports) await this.#save(reports.slice(at, at + maxReports));
  }

  async #save(reports: readonly Report[]): Promise<void> {
    const { context, onChange } = this.#options;
    let isSaved = await context.reader.whenFilled();
    if (isSaved)
      try {
        onChange(await this.#write(reports));
        this.#members.prune(() => liveIn(context.state));
      } catch (error) {
        isSaved = false;
        const nodeIds = [...new Set(reports.map(({ nodeId }) => nodeId))];
        context.logger.warn({ err: error, nodeIds }, "reports were not saved; the next full reports make it good");
      }
    for (const { onSaved } of reports) onSaved?.(isSaved);
  }

  /** Answers the applications whose plan may differ now. Reports that change nothing cost no query. */
  async #write(reports: readonly Report[]): Promise<ReadonlySet<string>> {
    const { context, projectId } = this.#options;
    const { state, writer } = context;
    for (let left = writeTries; ; left -= 1) {
      const look = foldReports(state, reports, this.#members, projectId, context.now());
      if (look === null) return new Set();
      let moved: ReadonlySet<string> = new Set();
      try {
        await writer.run({ applicationIds: [...look.applicationIds], nodeIds: [...look.nodeIds] }, () => {
          const fold = foldReports(state, reports, this.#members, projectId, context.now());
          if (fold === null) return null;
          moved = fold.moved;
          return withNotices(fold.batch, fold.moved);
        });
        this.#members.forget(endedIn(look));
        return moved;
      } catch (error) {
        const isRetried = error instanceof StaleRowsError || !isSluiceError(error);
        if (left <= 1 || !isRetried) throw error;
      }
    }
  }
}

/** Replicas that run or will, of all applications. */
function* liveIn(state: LeaderParts["state"]): Iterable<string> {
  for (const [, { replicas }] of state.applications()) {
    for (const { id, endedAtMs } of replicas.values()) if (endedAtMs === null) yield id;
  }
}

function endedIn({ batch }: ReportFold): string[] {
  return batch.changedReplicas.flatMap(({ after }) => (after.endedAtMs === null ? [] : [after.id]));
}

/** Load and memory move all the time; screens ask for them at their own pace. */
function withNotices(batch: Partial<StatusBatch>, moved: ReadonlySet<string>): StatusBatch {
  const hasNode = (batch.nodes ?? []).length > 0;
  return { ...emptyBatch, ...batch, notices: [...moved, ...(hasNode ? [null] : [])] };
}
