/**
 * Windows of all reporters, written in batches: whatever arrived during one write is the next. A closed window is acknowledged
 * after the commit that holds it, so a reporter keeps it exactly until it is safe.
 */
import type { WindowReport } from "@sluice/contracts";
import { fenced, notify, partsOfReport, saveMetricParts, type NewMetricPart } from "@sluice/db";
import type { LeaderContext } from "../leader/leader-context.ts";

type Acknowledge = (windowStartMs: number[]) => void;

interface Pending {
  readonly report: WindowReport;
  readonly acknowledge: Acknowledge;
}

/** Reports wait this long for others, so that many reporters make one statement. */
const batchMs = 150;
/** A sign that numbers moved. Charts ask at their own pace; other parts of a page read again at each notice, so it is rare. */
const noticeMs = 5_000;

export class MetricIngest {
  readonly #context: LeaderContext;
  readonly #projectId: string;
  #pending: Pending[] = [];
  #own: NewMetricPart[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();
  #noticedAtMs = Number.NEGATIVE_INFINITY;

  constructor(context: LeaderContext, projectId: string) {
    this.#context = context;
    this.#projectId = projectId;
  }

  add(report: WindowReport, acknowledge: Acknowledge): void {
    this.#pending.push({ report, acknowledge });
    this.#schedule();
  }

  /** Parts that the controller itself reports; nobody waits for an acknowledgement. */
  addOwn(parts: readonly NewMetricPart[]): void {
    this.#own.push(...parts);
    this.#schedule();
  }

  /** Writes what is there and resolves when it is committed. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), batchMs);
  }

  async #write(): Promise<void> {
    const pending = this.#pending;
    const parts = [...pending.flatMap(({ report }) => partsOfReport(report)), ...this.#own];
    this.#pending = [];
    this.#own = [];
    if (parts.length === 0 && pending.length === 0) return;
    const { database, epoch, logger } = this.#context;
    const nowMs = performance.now();
    const isNoticeDue = parts.length > 0 && nowMs - this.#noticedAtMs >= noticeMs;
    try {
      await fenced(database, epoch, async (tx) => {
        await saveMetricParts(tx, this.#projectId, parts);
        if (isNoticeDue) await notify(tx, "sluice_status");
      });
      if (isNoticeDue) this.#noticedAtMs = nowMs;
    } catch (error) {
      // Nothing is lost: what is not acknowledged is sent again.
      logger.warn({ err: error, parts: parts.length }, "metrics were not written");
      return;
    }
    for (const { report, acknowledge } of pending) {
      const closed = report.windows.filter((window) => window.closed === true).map((window) => window.windowStartMs);
      if (closed.length > 0) acknowledge(closed);
    }
  }
}
