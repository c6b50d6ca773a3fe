import { Tokenizer } from "@huggingface/tokenizers";
import type { DeploymentHandle, OnnxModel } from "@sluice/sdk";
import tokenizerJson from "./model/tokenizer.json" with { type: "json" };
import tokenizerConfig from "./model/tokenizer_config.json" with { type: "json" };

export interface Verdict {
  readonly label: "POSITIVE" | "NEGATIVE";
  /** Probability of the label, 0.5 to 1. */
  readonly score: number;
}

/** Positions that the model has. */
const maxTokens = tokenizerConfig.model_max_length;

/** Tokenises sentences, asks the model for all of them at once, and averages what it says of each. */
export class Sentiment {
  readonly #model: DeploymentHandle<OnnxModel>;
  readonly #tokenizer = new Tokenizer(tokenizerJson, tokenizerConfig);

  constructor(model: DeploymentHandle<OnnxModel>) {
    this.#model = model;
  }

  async classify(sentences: readonly string[]): Promise<Verdict> {
    const encoded = sentences.map((sentence) => this.#encode(sentence));
    const width = Math.max(...encoded.map((ids) => ids.length));
    const shape = [encoded.length, width];
    const ids = new BigInt64Array(encoded.length * width);
    const mask = new BigInt64Array(encoded.length * width);
    encoded.forEach((row, index) => {
      row.forEach((id, column) => (ids[index * width + column] = BigInt(id)));
      mask.fill(1n, index * width, index * width + row.length);
    });
    const { logits } = await this.#model.predict({
      input_ids: { data: ids, shape },
      attention_mask: { data: mask, shape },
      token_type_ids: { data: new BigInt64Array(ids.length), shape },
    });
    if (!(logits?.data instanceof Float32Array)) throw new TypeError("The model answered no logits.");
    return verdictOf(logits.data);
  }

  /** Ids with the marks of beginning and end; what is too long for the model loses its tail, not its end mark. */
  #encode(sentence: string): number[] {
    const { ids } = this.#tokenizer.encode(sentence);
    return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ids.at(-1) ?? 0];
  }
}

/** Mean probability over sentences; `logits` holds a pair (negative, positive) for each. */
function verdictOf(logits: Float32Array): Verdict {
  let positive = 0;
  for (let at = 0; at + 1 < logits.length; at += 2) {
    // Softmax of two classes is the logistic function of their difference.
    positive += 1 / (1 + Math.exp((logits[at] ?? 0) - (logits[at + 1] ?? 0)));
  }
  positive /= logits.length / 2;
  const isPositive = positive >= 0.5;
  return { label: isPositive ? "POSITIVE" : "NEGATIVE", score: round(isPositive ? positive : 1 - positive) };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
