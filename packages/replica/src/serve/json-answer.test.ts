import { expect, it } from "vitest";
import { answerOfItems } from "../node/answer-of-items.ts";
import { answerOfValue } from "./json-answer.ts";

it("what code returns is sent with its typed arrays as arrays of numbers, and bytes alone as bytes", () => {
  const scores = new Float32Array([0.1, 2]);
  expect(answerOfValue({ scores })).toMatchObject({
    headers: ["content-type", "application/json"],
    body: Buffer.from('{"scores":[0.1,2]}'),
  });
  expect(answerOfValue(scores)).toMatchObject({ body: Buffer.from("[0.1,2]") });
  expect(answerOfValue(new Uint8Array([104, 105]))).toMatchObject({ body: Buffer.from("hi") });
});

it("so are the items of a stream", async () => {
  const answer = answerOfItems([{ ids: new Int32Array([1, 2]) }, "text", null]);
  expect(answer.kind === "stream" && (await new Response(answer.body).text())).toBe('{"ids":[1,2]}\ntextnull\n');
});
