export { migrate } from "./migrate/migrate.ts";
export { createDatabase, dropDatabase } from "./migrate/databases.ts";
