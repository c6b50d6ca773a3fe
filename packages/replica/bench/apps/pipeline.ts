import { deployment } from "@sluice/sdk";
import type { DeploymentHandle } from "@sluice/sdk";

class Sentiment {
  score(text: string): { label: string; score: number } {
    return { label: text.length % 2 === 0 ? "positive" : "negative", score: 0.93 };
  }
}

class Summary {
  shorten(text: string): string {
    return text.slice(0, 20);
  }
}

/** Two calls side by side and their answers in one: the shape of the pipeline example, without its models. */
class Front {
  readonly sentiment: DeploymentHandle<Sentiment>;
  readonly summary: DeploymentHandle<Summary>;
  constructor(sentiment: DeploymentHandle<Sentiment>, summary: DeploymentHandle<Summary>) {
    this.sentiment = sentiment;
    this.summary = summary;
  }
  async fetch(request: Request): Promise<unknown> {
    const text = await request.text();
    const [sentiment, summary] = await Promise.all([this.sentiment.score(text), this.summary.shorten(text)]);
    return { original_length: text.length, sentiment, summary };
  }
}

export const app = deployment(Front).bind(deployment(Sentiment).bind(), deployment(Summary).bind());
