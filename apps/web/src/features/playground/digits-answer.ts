import { z } from "zod";
import type { PlaygroundAnswer } from "@sluice/contracts";
import { bodyJson } from "./use-call.ts";

const Probabilities = z.array(z.number()).length(10);
/** One image gives flat outputs; a batch of one gives them nested. */
const DigitsBody = z.object({
  probabilities: z.union([Probabilities, z.tuple([Probabilities]).transform(([row]) => row)]),
  label: z.union([z.number(), z.tuple([z.number()]).transform(([label]) => label)]).optional(),
});

export interface DigitsAnswer {
  readonly probabilities: readonly number[];
  readonly label: number;
}

/** What the model said, or undefined when the answer is an error or of another shape. */
export function readDigitsAnswer(answer: PlaygroundAnswer | undefined): DigitsAnswer | undefined {
  if (answer === undefined || answer.status !== 200) return undefined;
  const parsed = DigitsBody.safeParse(bodyJson(answer));
  if (!parsed.success) return undefined;
  const { probabilities } = parsed.data;
  return { probabilities, label: parsed.data.label ?? probabilities.indexOf(Math.max(...probabilities)) };
}
