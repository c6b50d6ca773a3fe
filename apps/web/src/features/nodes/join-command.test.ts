import { expect, it } from "vitest";
import { joinCommand } from "./join-command.ts";

it("can be pasted into a shell as it is, with the addresses of all controllers", () => {
  const urls = ["https://a:8267", "https://b:8267"];
  expect(joinCommand({ id: "t1", token: "slj_x", join_urls: urls })).toBe(
    "npx sluice agent --join https://a:8267,https://b:8267 --token slj_x",
  );
});

it("has a directory of its own where the address is one of this machine, which has an agent already", () => {
  expect(joinCommand({ id: "0198-abcdef", token: "slj_x", join_urls: ["http://127.0.0.1:8266"] })).toBe(
    "npx sluice agent --join http://127.0.0.1:8266 --token slj_x --dir .sluice/agent-abcdef",
  );
});
