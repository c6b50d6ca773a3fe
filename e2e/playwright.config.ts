import { chromium, defineConfig } from "@playwright/test";
import { findChromium } from "../packages/testkit/src/browser/find-chromium.ts";

const browser = await findChromium(chromium.executablePath());

/** Set by start-product.ts before the workers, which load this file anew, are started. */
const baseURL = process.env["SLUICE_E2E_WEB_URL"];

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.ts",
  outputDir: "../test-results",
  globalSetup: "./start-product.ts",
  // One product serves all specs: each uses names of its own, and two cores have no room for more than one browser.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  projects: [
    // The first one finds the install empty, as a person does.
    { name: "empty install", testMatch: "deploy-by-click.spec.ts" },
    { name: "product", testIgnore: "deploy-by-click.spec.ts" },
  ],
  reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] === undefined ? [["list"]] : [["list"], ["json"]],
  use: {
    ...(baseURL === undefined ? {} : { baseURL }),
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    // Recording every change of a live page costs more than the page itself; `--trace on` for the one spec that needs it.
    trace: "off",
    launchOptions: {
      executablePath: browser.executablePath,
      args: browser.args,
      env: { ...(process.env as Record<string, string>), ...browser.env },
    },
  },
});
