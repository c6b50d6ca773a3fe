import path from "node:path";
import type { Page } from "@playwright/test";

const FOLDER = path.resolve(import.meta.dirname, "../test-results/pages");

export const themes = ["dark", "light"] as const;
export type Theme = (typeof themes)[number];

/** The system's theme, which the dashboard follows. */
export async function wearTheme(page: Page, theme: Theme): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
}

/** Kept for people: `test-results/pages/<name>.png`. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(FOLDER, `${name}.png`), animations: "disabled" });
}

/** Of states inside a spec, for whoever looks at the design: only with `SLUICE_E2E_SCREENSHOTS=1`, since each takes a second. */
export async function keepBothThemes(page: Page, name: string): Promise<void> {
  if (process.env["SLUICE_E2E_SCREENSHOTS"] === undefined) return;
  for (const theme of themes) {
    await wearTheme(page, theme);
    await keepScreenshot(page, `${name}-${theme}`);
  }
}
