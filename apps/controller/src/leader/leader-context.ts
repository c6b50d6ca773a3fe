import type { Database } from "@sluice/db";
import type { Logger } from "@sluice/observability";

/** What every part of a leadership works with. A new epoch makes a new one; parts keep nothing beyond it. */
export interface LeaderContext {
  readonly database: Database;
  readonly epoch: number;
  readonly logger: Logger;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  /** Everything is looked at again this often, whatever events said. */
  readonly resyncIntervalMs: number;
  /** Wall clock in ms. */
  readonly now: () => number;
}
