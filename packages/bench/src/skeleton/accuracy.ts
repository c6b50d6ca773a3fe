import { join } from "node:path";
import type { Proof } from "../proof.ts";
import { deployWithCli } from "../product/deploy.ts";
import { countCorrect, digitsDirectory } from "../product/digits-data.ts";
import { startProduct } from "../product/start-product.ts";

/** Held-out accuracies of the two models, known from training: 345 and 356 of 360. */
const expected = [
  { config: "config.yaml", model: "logistic regression", correct: 345 },
  { config: "config-cnn.yaml", model: "CNN", correct: 356 },
] as const;

export const accuracyProof: Proof = {
  id: "skeleton.3",
  title: "All 360 held-out images through the gateway: the accuracies of training, exactly",
  method:
    "deploy each model with the CLI, then 360 sequential POSTs to /digits; 1 repetition (the result is deterministic)",
  run: async (log) => {
    await using product = await startProduct();
    const figures = [];
    for (const { config, model, correct: wanted } of expected) {
      await deployWithCli(product, join(digitsDirectory, config));
      const { correct, total } = await countCorrect(`${product.gateway}/digits`);
      log(`${model}: ${String(correct)} of ${String(total)} right`);
      figures.push({
        name: `accuracy of the ${model}`,
        unit: "%",
        samples: [(100 * correct) / total],
        target: `exactly ${((100 * wanted) / 360).toFixed(2)} %`,
        holds: correct === wanted && total === 360,
      });
    }
    return figures;
  },
};
