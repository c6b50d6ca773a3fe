import type { Page } from "@playwright/test";

export interface PageProblems {
  /** Console errors, uncaught errors, failed requests and answers above 399, oldest first. */
  readonly list: readonly string[];
  clear(): void;
}

/** A page that is left cancels what it still loads; that is not a failure. */
const CANCELLED = "net::ERR_ABORTED";

/** Watches a page from now on. `expected` are addresses that may answer with an error, because the spec provokes it. */
export function watchProblems(page: Page, expected: RegExp = /(?!)/): PageProblems {
  const list: string[] = [];
  page.on("pageerror", (error) => list.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !expected.test(message.location().url)) list.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    if (reason !== CANCELLED && !expected.test(request.url())) list.push(`failed: ${request.url()} ${reason}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !expected.test(response.url()))
      list.push(`answered ${response.status()}: ${response.url()}`);
  });
  return { list, clear: () => list.splice(0) };
}
