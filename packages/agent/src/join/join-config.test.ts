import { expect, it } from "vitest";
import { readJoinConfig } from "./join-config.ts";

it("takes several controllers, and no token once it has joined", () => {
  expect(readJoinConfig("https://a:8267/, https://b:8267", "slj_x")).toEqual({
    urls: ["https://a:8267", "https://b:8267"],
    token: "slj_x",
  });
  expect(readJoinConfig("http://127.0.0.1:8266", undefined)).toEqual({ urls: ["http://127.0.0.1:8266"], token: null });
  expect(readJoinConfig(undefined, undefined)).toBeNull();
});

it.each([
  ["http://10.0.0.5:8266", "slj_x", /clear text.*SLUICE_CONTROLLER_TLS_CERT.*--ca/],
  ["https://a:1,http://b:2", "slj_x", /--join http:\/\/b:2 would send/],
  ["a:8266", "slj_x", /--join a:8266 is no address/],
  [" , ", "slj_x", /needs the address/],
  [undefined, "slj_x", /--token needs --join/],
])("refuses --join %s and says what to do", (join, token, message) => {
  expect(() => readJoinConfig(join, token)).toThrow(message);
});
