/** Cost of carrying a value from one process to another: native JSON against the codec of calls. `npx tsx packages/replica/bench/codec.ts` */
import { BodyCollector } from "../src/handles/values/body-collector.ts";
import { decodeValue, encodeResult, headersOfValue } from "../src/handles/values/value-codec.ts";

const rounds = 9;

const values: Readonly<Record<string, unknown>> = {
  "a sentence": "A film that is neither long nor short, and well worth the ticket.",
  "a small object": { id: 7, label: "positive", score: 0.93, tags: ["a", "b"] },
  "50 objects": Array.from({ length: 50 }, (_, id) => ({ id, name: `item ${id}`, value: id * 1.1 })),
  "a vector of 384 numbers": Array.from({ length: 384 }, (_, at) => Math.sin(at)),
  "a Float32Array of 384": Float32Array.from({ length: 384 }, (_, at) => Math.sin(at)),
  "a Float32Array of 10 MB": new Float32Array(2_500_000).fill(0.5),
};

function travelJson(value: unknown): unknown {
  const plain = value instanceof Float32Array ? [...value] : value;
  return JSON.parse(Buffer.from(JSON.stringify(plain)).toString());
}

function travelCodec(value: unknown): unknown {
  const encoded = encodeResult(value);
  const headers = headersOfValue(encoded);
  if (headers === undefined) return decodeValue(encoded.encoding, encoded.document ?? Buffer.alloc(0));
  const collector = new BodyCollector(headers, 1e9);
  for (const piece of [encoded.document, ...encoded.parts]) if (piece !== undefined) collector.push(piece);
  const { document, parts } = collector.finish();
  return decodeValue(encoded.encoding, document, parts);
}

/** Microseconds of one run: the median over rounds of about 50 ms. */
function measure(run: () => unknown): number {
  const oneMs = timeOf(run, 1);
  const times = Math.max(1, Math.min(50_000, Math.round(50 / Math.max(oneMs, 0.000_5))));
  const each = Array.from({ length: rounds }, () => (timeOf(run, times) * 1_000) / times);
  return each.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

function timeOf(run: () => unknown, times: number): number {
  const startedMs = performance.now();
  for (let at = 0; at < times; at += 1) run();
  return performance.now() - startedMs;
}

for (const [name, value] of Object.entries(values)) {
  const json = measure(() => travelJson(value));
  const codec = measure(() => travelCodec(value));
  const line = `${name}: JSON ${json.toFixed(1)} us, codec ${codec.toFixed(1)} us, ratio ${(json / codec).toFixed(1)}`;
  process.stdout.write(`${line}\n`);
}
