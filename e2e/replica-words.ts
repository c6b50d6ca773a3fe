import type { Page } from "@playwright/test";

/** Runs in the page: keeps each word that the state of a replica shows, in order. */
const COLLECT = `
  window.replicaWords = [];
  new MutationObserver(() => {
    for (const badge of document.querySelectorAll("section[aria-label=Replicas] li .font-medium.text-text")) {
      if (badge.textContent !== window.replicaWords.at(-1)) window.replicaWords.push(badge.textContent);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
`;

/** Begins to write down what this page shows of its replicas. */
export async function collectReplicaWords(page: Page): Promise<void> {
  await page.evaluate(COLLECT);
}

/** What it has shown since then. */
export async function replicaWords(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>("window.replicaWords");
}
