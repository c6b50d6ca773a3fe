/** What the care for typed arrays costs an answer: `jsonText` beside `JSON.stringify`. `npx tsx packages/replica/bench/json-text.ts` */
import { jsonText } from "../src/serve/json-text.ts";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => Math.fround(Math.sin(index)));
const values: Readonly<Record<string, unknown>> = {
  "hello, 1 field": { message: "Hello from Sluice!" },
  "pipeline's answer": {
    original_length: 120,
    sentiment: { label: "POSITIVE", score: 0.9876 },
    summary: "A sentence. ".repeat(8),
  },
  "40 rows of 6 fields": Array.from({ length: 40 }, (_, id) => ({
    id,
    name: `row ${id}`,
    ok: true,
    a: 1.5,
    b: null,
    c: [],
  })),
  "384 numbers": { embedding: numbers(384) },
  "an empty object inside": { message: "Hello", meta: {} },
  "Float32Array of 384": { embedding: Float32Array.from(numbers(384)) },
  "Float32Array of 100,000": { embedding: Float32Array.from(numbers(100_000)) },
};

const rounds = 15;

/** Median of nanoseconds per call, the two ways in turn. */
function measure(value: unknown): readonly [number, number] {
  const ways = [(one: unknown) => Buffer.from(JSON.stringify(one)), (one: unknown) => Buffer.from(jsonText(one))];
  const size = JSON.stringify(value).length;
  const calls = Math.max(20, Math.min(200_000, Math.round(20_000_000 / size)));
  const took: number[][] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, way] of ways.entries()) {
      const startedNs = process.hrtime.bigint();
      for (let call = 0; call < calls; call += 1) way(value);
      took[index]?.push(Number(process.hrtime.bigint() - startedNs) / calls);
    }
  }
  const [plain = 0, careful = 0] = took.map((all) => all.sort((a, b) => a - b)[rounds >> 1] ?? 0);
  return [plain, careful];
}

for (const [name, value] of Object.entries(values)) {
  const [plain, careful] = measure(value);
  console.log(
    `${name.padEnd(26)} ${plain.toFixed(0).padStart(10)} ns ${careful.toFixed(0).padStart(10)} ns  x ${(careful / plain).toFixed(3)}`,
  );
}
