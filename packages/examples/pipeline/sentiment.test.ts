import { readFileSync } from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { DeploymentHandle, ModelOutput, OnnxModel } from "@sluice/sdk";
import { expect, it } from "vitest";
import { Sentiment } from "./sentiment.ts";

const here = (path: string): URL => new URL(path, import.meta.url);

it("is right on as many hand-written sentences as the README says", async () => {
  const session = await InferenceSession.create(readFileSync(here("model/sentiment.onnx")));
  // The handle's place is taken by the model itself, in this process.
  const model = {
    predict: async (inputs: Record<string, { data: BigInt64Array; shape: number[] }>) => {
      const feeds = Object.entries(inputs).map(([name, { data, shape }]) => [name, new Tensor("int64", data, shape)]);
      const { logits } = await session.run(Object.fromEntries(feeds) as Record<string, Tensor>);
      return { logits: { datatype: "FP32", shape: logits?.dims ?? [], data: logits?.data } as ModelOutput };
    },
  } as unknown as DeploymentHandle<OnnxModel>;
  const sentiment = new Sentiment(model);
  const examples = JSON.parse(readFileSync(here("hand-written-test.json"), "utf8")) as {
    text: string;
    label: string;
  }[];
  const verdicts = await Promise.all(examples.map(({ text }) => sentiment.classify([text])));
  const right = verdicts.filter(({ label }, index) => label === examples[index]?.label).length;
  expect({ right, of: examples.length }).toEqual({ right: 51, of: 60 });
});
