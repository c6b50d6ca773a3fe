import { deployment, type DeploymentHandle } from "@sluice/sdk";

/** Three steps: preprocess -> (sentiment || summary) -> combine. No models: what is measured is the way between deployments. */
const positive = new Set(["good", "great", "fine", "love"]);

class Preprocess {
  clean(text: string): string {
    return text.toLowerCase().trim().split(/\s+/).join(" ");
  }
}

class Sentiment {
  score(text: string): number {
    return text.split(" ").filter((word) => positive.has(word)).length;
  }
}

class Summary {
  shorten(text: string): string {
    return text.split(". ")[0] ?? "";
  }
}

interface Analysis {
  readonly original_length: number;
  readonly sentiment: number;
  readonly summary: string;
}

class Combine {
  readonly #preprocess: DeploymentHandle<Preprocess>;
  readonly #sentiment: DeploymentHandle<Sentiment>;
  readonly #summary: DeploymentHandle<Summary>;

  constructor(
    preprocess: DeploymentHandle<Preprocess>,
    sentiment: DeploymentHandle<Sentiment>,
    summary: DeploymentHandle<Summary>,
  ) {
    this.#preprocess = preprocess;
    this.#sentiment = sentiment;
    this.#summary = summary;
  }

  async call({ text }: { text: string }): Promise<Analysis> {
    const cleaned = await this.#preprocess.clean(text);
    const [sentiment, summary] = await Promise.all([this.#sentiment.score(cleaned), this.#summary.shorten(cleaned)]);
    return { original_length: text.length, sentiment, summary };
  }
}

const options = { maxOngoingRequests: 1000, rayActorOptions: { numCpus: 0.05 } };

export const app = deployment(Combine, options).bind(
  deployment(Preprocess, options).bind(),
  deployment(Sentiment, options).bind(),
  deployment(Summary, options).bind(),
);
