import type { ApplicationSpecInput } from "@sluice/sdk";

/** How the playground asks: a button that sends GET, a pad to draw a digit on, or a JSON editor. */
export type PlaygroundKind = "hello" | "digits" | "generic";

/** A first request that shows something, sent with POST to the route. */
export interface SampleRequest {
  /** The deployment that answers it: with the program it tells the application apart from others. */
  readonly ingress: string;
  /** JSON text. */
  readonly body: string;
}

/** An entry of the gallery. Pure data, so that a browser can have it too. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  /** What a person learns from it. */
  readonly shows: string;
  /** Folder below `packages/examples`. */
  readonly directory: string;
  /** Files of the bundle, relative to `directory`. One `.onnx` file is uploaded as it is, others as a zip. */
  readonly files: readonly string[];
  /** npm packages that go into the zip below `node_modules`, since nodes install nothing: name and the files that are used. */
  readonly packages?: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly bundleKind: "onnx" | "zip";
  readonly playground: PlaygroundKind;
  /** What the playground starts with; absent where it knows from the model, or where a GET will do. */
  readonly sample?: SampleRequest;
  /** Programs that every node needs besides Sluice; absent = none. */
  readonly needs?: readonly string[];
  /** The spec to deploy once the bundle is uploaded. */
  readonly spec: (bundleSha256: string) => ApplicationSpecInput;
}

/** A three of the held-out images: 8x8 pixels of 0 (paper) to 16 (ink). */
const sampleDigit = `{
  "pixels": [
    0, 0, 6, 14, 16, 16, 2, 0,
    0, 5, 16, 13, 11, 16, 0, 0,
    0, 0, 7, 2, 15, 12, 0, 0,
    0, 0, 0, 7, 16, 13, 1, 0,
    0, 0, 0, 0, 6, 15, 10, 0,
    0, 0, 0, 0, 0, 15, 9, 0,
    0, 0, 3, 11, 8, 16, 6, 0,
    0, 0, 7, 16, 16, 8, 0, 0
  ]
}`;

export const catalogue: readonly Example[] = [
  {
    id: "digits",
    title: "Handwritten digits",
    sentence: "Logistic regression that reads a digit from 8x8 pixels; right on 95.83 % of 360 held-out images.",
    shows: "A model file served without code, answered from a drawing pad.",
    directory: "digits",
    files: ["digits-logreg.onnx"],
    bundleKind: "onnx",
    playground: "digits",
    spec: digitsSpec,
  },
  {
    id: "digits-cnn",
    title: "Handwritten digits, CNN",
    sentence: "A small convolutional network for the same digits; right on 98.89 % of 360 held-out images.",
    shows: "A second revision of `digits`: deploy it after the first and split traffic between the two.",
    directory: "digits",
    files: ["digits-cnn.onnx"],
    bundleKind: "onnx",
    playground: "digits",
    spec: digitsSpec,
  },
  {
    id: "hello",
    title: "Hello",
    sentence: "One TypeScript class that answers every request with a greeting.",
    shows: "The smallest application in code: a class, its options, and bind().",
    directory: "hello",
    files: ["app.ts"],
    bundleKind: "zip",
    playground: "hello",
    spec: (bundleSha256) => ({
      name: "hello",
      route_prefix: "/hello",
      import_path: "app:app",
      runtime_env: { working_dir: `bundle:${bundleSha256}` },
      deployments: [
        { name: "Hello", num_replicas: 1, max_ongoing_requests: 100, ray_actor_options: { num_cpus: 0.1 } },
      ],
    }),
  },
  {
    id: "pipeline",
    title: "Text pipeline",
    sentence:
      "Sentences, then sentiment and summary side by side, then one answer: four classes and a model in a graph.",
    shows: "Deployments that call each other through typed handles, a model among them; drawn with its live edges.",
    directory: "pipeline",
    files: [
      "app.ts",
      "preprocess.ts",
      "sentiment.ts",
      "summary.ts",
      "model/sentiment.onnx",
      "model/tokenizer.json",
      "model/tokenizer_config.json",
    ],
    packages: [{ name: "@huggingface/tokenizers", files: ["package.json", "dist/tokenizers.mjs"] }],
    bundleKind: "zip",
    playground: "generic",
    sample: {
      ingress: "Analyze",
      body: `{\n  "text": "I love this film. The music is wonderful. We will watch it again."\n}`,
    },
    spec: (bundleSha256) => ({
      name: "pipeline",
      route_prefix: "/analyze",
      import_path: "app:app",
      runtime_env: { working_dir: `bundle:${bundleSha256}` },
      deployments: [],
    }),
  },
  {
    id: "python-stdlib",
    title: "Digits in Python",
    sentence:
      "A server of Python's standard library with the same logistic regression; right on 95.83 % of 360 images.",
    shows: "Any program that serves HTTP, as it is: started on its port, watched, proxied with streaming.",
    directory: "python-stdlib",
    files: ["server.py", "weights.json"],
    bundleKind: "zip",
    playground: "digits",
    sample: { ingress: "classifier", body: sampleDigit },
    needs: ["python3"],
    spec: (bundleSha256) => ({
      name: "digits-python",
      route_prefix: "/digits-python",
      runtime_env: { working_dir: `bundle:${bundleSha256}` },
      deployments: [
        {
          name: "classifier",
          runtime: "process",
          process: {
            command: ["python3", "server.py", "--port", "{port}"],
            health_path: "/health",
            startup_timeout_s: 30,
          },
          num_replicas: 1,
          max_ongoing_requests: 16,
          ray_actor_options: { num_cpus: 0.25 },
        },
      ],
    }),
  },
];

/** Both models are revisions of one application, so that they can share its traffic. */
function digitsSpec(bundleSha256: string): ApplicationSpecInput {
  return {
    name: "digits",
    route_prefix: "/digits",
    deployments: [
      {
        name: "classifier",
        runtime: "onnx",
        model: `bundle:${bundleSha256}`,
        num_replicas: 1,
        max_ongoing_requests: 64,
        ray_actor_options: { num_cpus: 0.25 },
      },
    ],
  };
}
