import path from "node:path";

const repositoryRoot = path.join(import.meta.dirname, "../..");

/** @type {import("next").NextConfig} */
const config = {
  // Workspace packages are TypeScript sources; Next compiles them with the app.
  transpilePackages: [
    "@sluice/api",
    "@sluice/contracts",
    "@sluice/db",
    "@sluice/domain",
    "@sluice/examples",
    "@sluice/observability",
  ],
  // Native or dynamically loading packages stay outside of the server bundle.
  serverExternalPackages: ["pg", "@prisma/client", "@prisma/adapter-pg", "pino", "pino-pretty", "prom-client", "ws"],
  outputFileTracingRoot: repositoryRoot,
  turbopack: { root: repositoryRoot },
  typescript: { ignoreBuildErrors: false },
  poweredByHeader: false,
  devIndicators: false,
};

export default config;
