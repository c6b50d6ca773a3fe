import { describe, expect, it } from "vitest";
import { Announced, Framing } from "./answer-head.ts";
import { planFraming, type FramingPlan } from "./plan-framing.ts";

const modern = { method: "GET", isOld: false };
const old = { method: "GET", isOld: true };
const head = { method: "HEAD", isOld: false };
const length = (value: string): readonly string[] => ["x-a", "content-length", "content-length", value];
const stream = -1;
const { asGiven, none } = Announced;

describe("the end of an answer", () => {
  it.each<[string, typeof modern, number, readonly string[], number, FramingPlan]>([
    ["of a body at hand", modern, 200, [], 5, { framing: Framing.length, announcedBytes: 5, missingBytes: 0 }],
    ["of no body", modern, 200, [], 0, { framing: Framing.length, announcedBytes: 0, missingBytes: 0 }],
    ["of a body that says its length", modern, 200, length("5"), 5, bytes(5, 0)],
    ["of a stream", modern, 200, [], stream, { framing: Framing.chunked, announcedBytes: asGiven, missingBytes: 0 }],
    ["of a stream that says its length", modern, 200, length("7"), stream, bytes(asGiven, 7)],
    ["of a stream to HTTP/1.0", old, 200, [], stream, untilClose(asGiven)],
    ["of a stream of known length to HTTP/1.0", old, 200, length("7"), stream, bytes(asGiven, 7)],
    ["to HEAD", head, 200, length("7"), stream, nothing(asGiven)],
    ["to HEAD, all at once", head, 200, length("7"), 0, nothing(asGiven)],
    ["of 204, whatever it says", modern, 204, length("7"), stream, nothing(none)],
    ["of 304", modern, 304, length("7"), 0, nothing(asGiven)],
    ["of 101", modern, 101, length("7"), stream, untilClose(none)],
  ])("%s", (_, request, status, headers, wholeBytes, expected) => {
    expect(planFraming(request, status, headers, wholeBytes)).toEqual(expected);
  });

  it.each<[string, typeof modern, number, readonly string[], number]>([
    ["a length that the body contradicts", modern, 200, length("4"), 5],
    ["a length that is no number", modern, 200, length("4x"), stream],
    ["a negative length", modern, 200, length("-1"), stream],
    ["two lengths", modern, 200, [...length("4"), ...length("4")], stream],
    ["two lengths for HEAD", head, 200, [...length("4"), ...length("5")], 0],
    ["two lengths with 304", modern, 304, [...length("4"), ...length("5")], 0],
  ])("cannot be told with %s", (_, request, status, headers, wholeBytes) => {
    expect(() => planFraming(request, status, headers, wholeBytes)).toThrow(TypeError);
  });
});

function bytes(announcedBytes: number, missingBytes: number): FramingPlan {
  return { framing: Framing.length, announcedBytes, missingBytes };
}
function untilClose(announcedBytes: number): FramingPlan {
  return { framing: Framing.untilClose, announcedBytes, missingBytes: 0 };
}
function nothing(announcedBytes: number): FramingPlan {
  return { framing: Framing.none, announcedBytes, missingBytes: 0 };
}
