import { ConfigError, runProcess } from "../src/index.ts";

const [mode = "stop"] = process.argv.slice(2);

await runProcess(
  async (scope) => {
    if (mode === "config") throw new ConfigError("SLUICE_X must be a number.");
    if (mode === "throw") throw new Error("no start");
    const timer = setInterval(() => undefined, 1_000);
    scope.onStop("first", () => {
      clearInterval(timer);
      console.log("stopped first");
    });
    scope.onStop("second", async () => {
      if (mode === "hang") await new Promise(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 10));
      console.log("stopped second");
    });
    if (mode === "crash")
      setTimeout(() => {
        throw new Error("later");
      }, 10);
    console.log("up");
  },
  { stopDeadlineMs: 300 },
);
