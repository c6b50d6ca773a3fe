export { findFreePort } from "./postgres/free-port.ts";
export { settlePostgresHome } from "./postgres/postgres-home.ts";
export { initialisePostgres, startPostgres } from "./postgres/start-postgres.ts";
export type { PostgresServer } from "./postgres/start-postgres.ts";
export { isRunning, readStartTime } from "../bin/process-identity.mjs";
export { readLaunchRecord, writeLaunchRecord } from "../bin/launch-lock.mjs";
