import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { checkoutRoot } from "./start-product.ts";

export const digitsDirectory = join(checkoutRoot, "packages/examples/digits");

const TestSet = z.object({ labels: z.array(z.int()), pixels: z.array(z.array(z.number())) });
const Answer = z.object({
  label: z.union([
    z.int(),
    z
      .array(z.int())
      .length(1)
      .transform((labels) => labels[0] as number),
  ]),
});

/** The 360 held-out images with their true labels. */
export async function loadDigits(): Promise<{ labels: readonly number[]; images: readonly (readonly number[])[] }> {
  const { labels, pixels } = TestSet.parse(
    JSON.parse(await readFile(join(digitsDirectory, "digits-test.json"), "utf8")),
  );
  return { labels, images: pixels };
}

/** Sends every image to the route, one by one, and counts those whose predicted label is the true one. */
export async function countCorrect(url: string): Promise<{ correct: number; total: number }> {
  const { labels, images } = await loadDigits();
  let correct = 0;
  for (const [index, pixels] of images.entries()) {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ pixels }),
    });
    if (!response.ok) throw new Error(`${url} answered ${String(response.status)}: ${await response.text()}`);
    if (Answer.parse(await response.json()).label === labels[index]) correct += 1;
  }
  return { correct, total: images.length };
}
