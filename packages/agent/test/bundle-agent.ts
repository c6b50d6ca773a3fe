import { rename } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Builds the agent as it ships, one file with third-party packages outside: it starts several times faster than from source. */
export async function bundleAgent(): Promise<string> {
  const outfile = `${root}.cache/test-agent/agent.mjs`;
  // Test files run side by side: each replaces the file as a whole.
  const ownFile = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [fileURLToPath(new URL("../src/main.ts", import.meta.url))],
    outfile: ownFile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    plugins: [
      {
        name: "third-party-outside",
        setup: (builder) =>
          builder.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === "entry-point" || path.startsWith("@sluice/") ? undefined : { path, external: true },
          ),
      },
    ],
  });
  await rename(ownFile, outfile);
  return outfile;
}
