import { expect, test } from "vitest";
import { errorOfRemote, placeOf, remoteErrorOf } from "./call-errors.ts";

/** As it is when the error has crossed from one deployment to its caller. */
function crossed(error: unknown, deployment: string): Error {
  const { error: remote, headers } = remoteErrorOf(error);
  return errorOfRemote(remote, headers, { deployment, replicaId: "r1" });
}

test("an error is blamed on the deployment where it happened, however many passed it on", () => {
  const own = new TypeError("weights are missing");
  expect(placeOf(own)).toBeUndefined();
  expect(placeOf("thrown text")).toBeUndefined();
  expect(placeOf(crossed(own, "Scorer"))).toBe("Scorer");
  expect(placeOf(crossed(crossed(own, "Sentiment Model"), "Sentiment"))).toBe("Sentiment Model");
});
