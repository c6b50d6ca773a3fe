export { testDatabase } from "./database/test-database.ts";
export type { TestDatabase } from "./database/test-database.ts";
export { findChromium } from "./browser/find-chromium.ts";
export { findFreePort } from "@sluice/launcher";
export { startTestServer, TEMPLATE_DATABASE } from "./database/test-server.ts";
export type { TestServer } from "./database/test-server.ts";
