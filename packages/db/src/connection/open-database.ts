import { PrismaPg } from "@prisma/adapter-pg";
import { isSluiceError } from "@sluice/contracts";
import { PrismaClient } from "../generated/client.ts";
import { databaseErrorOf } from "./database-error.ts";
import type { Db, Tx } from "./handle.ts";
import { bindHandle, query } from "./handle.ts";

export interface DatabaseOptions {
  readonly url: string;
  /** Connections at most; each transaction holds one. */
  readonly maxConnections?: number;
  readonly connectTimeoutMs?: number;
}

export interface Database extends Db {
  readonly kind: "database";
  /** Runs `work` in one transaction (READ COMMITTED); it commits when the promise resolves and rolls back when it rejects. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Resolves when the database answers; rejects with `database/unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A transaction longer than this is a mistake; it is rolled back so that its locks go. */
const TRANSACTION_TIMEOUT_MS = 30_000;
const TRANSACTION_WAIT_MS = 10_000;

/** Opens the database lazily: the first query connects. */
export function openDatabase(options: DatabaseOptions): Database {
  const prisma = new PrismaClient({
    adapter: new PrismaPg({
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
      // By the server's clock too: a process that hangs in a transaction must not hold its locks for ever.
      idle_in_transaction_session_timeout: TRANSACTION_TIMEOUT_MS,
    }),
  });

  const database: Database = {
    kind: "database",
    async transaction(work) {
      try {
        return await prisma.$transaction(
          async (client) => {
            const tx: Tx = { kind: "transaction" };
            bindHandle(tx, client);
            return await work(tx);
          },
          { timeout: TRANSACTION_TIMEOUT_MS, maxWait: TRANSACTION_WAIT_MS },
        );
      } catch (error) {
        throw isSluiceError(error) ? error : databaseErrorOf(error);
      }
    },
    async ping() {
      await query(database, (client) => client.$queryRaw`SELECT 1`);
    },
    async close() {
      await prisma.$disconnect();
    },
  };
  bindHandle(database, prisma);
  return database;
}
