import { expect, it } from "vitest";
import { joinCommand } from "./join-command.ts";

it("can be pasted into a shell as it is, with the addresses of all controllers", () => {
  const urls = ["https://a:8267", "https://b:8267"];
  expect(joinCommand({ token: "slj_x", join_urls: urls })).toBe(
    "npx sluice agent --join https://a:8267,https://b:8267 --token slj_x",
  );
});
