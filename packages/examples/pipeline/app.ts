/** Preprocess, then sentiment and summary side by side, then one answer: four deployments and a model, called like methods. */
import { deployment, onnx, type DeploymentHandle } from "@sluice/sdk";
import { Preprocess } from "./preprocess.ts";
import { Sentiment, type Verdict } from "./sentiment.ts";
import { Summary } from "./summary.ts";

export interface Analysis {
  readonly original_length: number;
  readonly sentiment: Verdict;
  readonly summary: string;
}

export class Analyze {
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

  async call(input: { readonly text: string }): Promise<Analysis> {
    // Clients send what they like; a Response that is thrown is the answer.
    if (typeof input?.text !== "string") throw Response.json({ detail: 'send {"text": "..."}' }, { status: 400 });
    const sentences = this.#preprocess.sentences(input.text);
    // Both begin as soon as the sentences are there, without waiting here for them or for each other.
    const [sentiment, summary] = await Promise.all([
      this.#sentiment.classify(sentences),
      this.#summary.shorten(sentences, 2),
    ]);
    return { original_length: input.text.length, sentiment, summary };
  }
}

const small = { rayActorOptions: { numCpus: 0.1 }, maxOngoingRequests: 100 };
const model = onnx("model/sentiment.onnx", { name: "SentimentModel", rayActorOptions: { numCpus: 0.25 } });

export const app = deployment(Analyze, small).bind(
  deployment(Preprocess, { ...small, numReplicas: 2 }).bind(),
  deployment(Sentiment, small).bind(model),
  deployment(Summary, small).bind(),
);
