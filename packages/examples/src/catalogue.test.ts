import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { describeApplication } from "@sluice/sdk";
import { app } from "../hello/app.ts";
import { app as pipeline } from "../pipeline/app.ts";
import { Summary } from "../pipeline/summary.ts";
import { catalogue } from "./index.ts";

const root = new URL("../", import.meta.url);

it("names only files that exist, and each example has a README", () => {
  for (const example of catalogue) {
    for (const file of [...example.files, "README.md", "config.yaml"]) {
      expect(existsSync(new URL(`${example.directory}/${file}`, root)), `${example.id}: ${file}`).toBe(true);
    }
  }
});

it("lets all examples fit on two cores together", () => {
  const inCode = describeApplication(pipeline).deployments.map(({ options }) => options);
  const specs = [...catalogue.map((example) => example.spec("0".repeat(64))), { deployments: inCode }];
  const cpus = specs
    .flatMap((spec) => spec.deployments ?? [])
    .map(
      (one) => (one.ray_actor_options?.num_cpus ?? 1) * (typeof one.num_replicas === "number" ? one.num_replicas : 1),
    );
  expect(cpus.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(2);
});

it("states the accuracies that were measured", () => {
  const accuracy = JSON.parse(readFileSync(new URL("digits/accuracy.json", root), "utf8"));
  for (const [id, model] of [
    ["digits", "digits-logreg"],
    ["digits-cnn", "digits-cnn"],
    // The same weights, and a test of the runtime counts the same wrong answers.
    ["python-stdlib", "digits-logreg"],
  ] as const) {
    const percent = ((360 - accuracy[model].wrong) / 3.6).toFixed(2);
    expect(catalogue.find((example) => example.id === id)?.sentence).toContain(`${percent} %`);
  }
});

it("describes hello as the catalogue deploys it", () => {
  const spec = catalogue.find((example) => example.id === "hello")?.spec("0".repeat(64));
  expect(describeApplication(app)).toMatchObject({ ingress: "Hello", deployments: [{ methods: ["fetch"] }] });
  expect(spec?.deployments?.map((one) => one.name)).toEqual(["Hello"]);
});

it("brings along what the pipeline imports, and draws its graph", () => {
  const example = catalogue.find(({ id }) => id === "pipeline");
  for (const { name, files } of example?.packages ?? []) {
    for (const file of files) expect(existsSync(new URL(`../../node_modules/${name}/${file}`, root)), file).toBe(true);
  }
  const edges = describeApplication(pipeline).deployments.map(({ options, outbound }) => [options.name, outbound]);
  expect(edges).toEqual([
    ["Preprocess", []],
    ["SentimentModel", []],
    ["Sentiment", ["SentimentModel"]],
    ["Summary", []],
    ["Analyze", ["Preprocess", "Sentiment", "Summary"]],
  ]);
});

it("summarises with the sentences that hold the most frequent words, in their order", () => {
  const sentences = ["Cats sleep a lot.", "It rained.", "Cats like fish and cats like milk.", "Fish swim."];
  expect(new Summary().shorten(sentences, 2)).toBe("Cats sleep a lot. Cats like fish and cats like milk.");
});

it("begins with requests that the examples understand", () => {
  const sampleOf = (id: string) => catalogue.find((example) => example.id === id)?.sample;
  const analyze = sampleOf("pipeline");
  expect(analyze?.ingress).toBe(describeApplication(pipeline).ingress);
  expect(JSON.parse(analyze?.body ?? "")).toEqual({ text: expect.stringMatching(/\..+\./) });
  const digit = sampleOf("python-stdlib");
  expect(digit?.ingress).toBe(catalogue.find(({ id }) => id === "python-stdlib")?.spec("").deployments?.[0]?.name);
  const { pixels, labels } = JSON.parse(readFileSync(new URL("digits/digits-test.json", root), "utf8"));
  expect(pixels[labels.indexOf(3)]).toEqual(JSON.parse(digit?.body ?? "").pixels);
});
