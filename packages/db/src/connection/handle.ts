import { isSluiceError } from "@sluice/contracts";
import type { Prisma } from "../generated/client.ts";
import { databaseErrorOf } from "./database-error.ts";

/** What every store function takes: the database itself or a transaction on it. Opaque, so that rows never leave this package. */
export interface Db {
  readonly kind: "database" | "transaction";
}

/** A running transaction; functions that lock or must be atomic with others ask for this one. */
export interface Tx extends Db {
  readonly kind: "transaction";
}

export type PrismaHandle = Prisma.TransactionClient;

const handles = new WeakMap<Db, PrismaHandle>();

/** Ties a handle to the Prisma client or transaction behind it. */
export function bindHandle(db: Db, prisma: PrismaHandle): void {
  handles.set(db, prisma);
}

/** Runs one piece of work on the Prisma client behind `db`; failures of the connection become `database/unavailable`. */
export async function query<T>(db: Db, work: (prisma: PrismaHandle) => Promise<T>): Promise<T> {
  const prisma = handles.get(db);
  if (prisma === undefined)
    throw new Error("This database handle was not made by openDatabase, or its transaction has ended.");
  try {
    return await work(prisma);
  } catch (error) {
    throw isSluiceError(error) ? error : databaseErrorOf(error);
  }
}
